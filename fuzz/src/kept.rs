//! What an attribute must leave of an item, as words without an order. The tolerances are those of
//! `resilient-macros/src/stack/tests.rs`, and what no one can tell from its absence.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use crate::ATTRIBUTES;

/// Words that may be lost: `self` may go by another name, `mut` need not stand where nothing changes,
/// `#![…]` stands above the function as `#[…]`, `::std::boxed::Box::pin(async move …)` around a whole
/// body is written anew, and a `where` or `:` with nothing behind it says nothing.
const TOLERATED: &[&str] = &["self", "mut", "!", ":", "std", "boxed", "Box", "pin", "async", "move", "where"];

/// The words of `item` that are missing in `out`.
pub fn lost(item: &TokenStream, out: &TokenStream) -> Vec<String> {
    missing(words(without_ours(without_empty(without_groups(item.clone())))), out)
}

/// The same of a trait, whose members have attributes of ours, too.
pub fn lost_of_trait(item: &TokenStream, out: &TokenStream) -> Vec<String> {
    missing(words(stripped(item.clone()).into_iter().collect()), out)
}

fn stripped(tokens: TokenStream) -> TokenStream {
    let inside = |token: TokenTree| match token {
        TokenTree::Group(group) => Group::new(group.delimiter(), stripped(group.stream())).into(),
        other => other,
    };
    let mut kept: Vec<TokenTree> = Vec::new();
    for token in without_empty(without_groups(tokens)) {
        let is_attribute = kept.last().is_some_and(|mark| mark.to_string() == "#");
        match token {
            TokenTree::Group(group) if is_attribute && is_taken(group.stream()) => drop(kept.pop()),
            other => kept.push(inside(other)),
        }
    }
    kept.into_iter().collect()
}

/// An attribute of ours, or one that may be one under a condition.
fn is_taken(inside: TokenStream) -> bool {
    let words = words(without_groups(inside.clone()));
    is_ours(inside) || words.first().is_some_and(|first| first == "cfg_attr" || first == "decorator")
}

fn missing(mut wanted: Vec<String>, out: &TokenStream) -> Vec<String> {
    let mut there = words(without_groups(out.clone()));
    there.sort();
    let mut there = there.into_iter().peekable();
    wanted.sort();
    wanted.retain(|word| {
        while there.next_if(|other| other < word).is_some() {}
        there.next_if_eq(word).is_none() && !TOLERATED.contains(&word.as_str())
    });
    wanted
}

/// Whether it is one without our attributes.
pub fn is_function(item: &TokenStream) -> bool {
    syn::parse2::<syn::ItemFn>(item.clone()).is_ok()
}

/// As text, with invisible groups made visible.
pub fn shown(tokens: &TokenStream) -> String {
    let one = |token: TokenTree| match token {
        TokenTree::Group(group) => {
            let (open, close) = match group.delimiter() {
                Delimiter::Parenthesis => ('(', ')'),
                Delimiter::Brace => ('{', '}'),
                Delimiter::Bracket => ('[', ']'),
                Delimiter::None => ('«', '»'),
            };
            format!("{open} {} {close}", shown(&group.stream()))
        }
        other => other.to_string(),
    };
    tokens.clone().into_iter().map(one).collect::<Vec<_>>().join(" ")
}

fn words(tokens: Vec<TokenTree>) -> Vec<String> {
    let mut all = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) => all.extend(words(without_groups(group.stream()))),
            other => all.push(other.to_string()),
        }
    }
    all
}

/// The tokens with what is in invisible groups among them.
fn without_groups(tokens: TokenStream) -> Vec<TokenTree> {
    let mut all = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
                all.extend(without_groups(group.stream()));
            }
            other => all.push(other),
        }
    }
    all
}

/// The item without `<>`, which says nothing.
fn without_empty(tokens: Vec<TokenTree>) -> Vec<TokenTree> {
    let is = |token: Option<&TokenTree>, mark| token.is_some_and(|token| token.to_string() == mark);
    let mut kept: Vec<TokenTree> = Vec::new();
    for token in tokens {
        if is(Some(&token), ">") && is(kept.last(), "<") {
            kept.pop();
        } else {
            kept.push(token);
        }
    }
    kept
}

/// The item without the attributes that the macro takes in.
fn without_ours(tokens: Vec<TokenTree>) -> Vec<TokenTree> {
    let mut rest = tokens.into_iter().peekable();
    let mut kept = Vec::new();
    while let Some(mark) = rest.next_if(|token| token.to_string() == "#") {
        match rest.next() {
            Some(TokenTree::Group(group)) if is_ours(group.stream()) => {}
            other => kept.extend([Some(mark), other].into_iter().flatten()),
        }
    }
    kept.extend(rest);
    kept
}

fn is_ours(inside: TokenStream) -> bool {
    let path: String = without_groups(inside)
        .iter()
        .take_while(|token| !matches!(token, TokenTree::Group(_)) && token.to_string() != "=")
        .map(ToString::to_string)
        .collect();
    let name = path.trim_start_matches("::").trim_start_matches("resilient::");
    ATTRIBUTES.contains(&name)
}
