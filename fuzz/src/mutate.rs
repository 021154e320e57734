//! Spoils tokens as an editor's user or another macro might: one token somewhere is deleted, doubled,
//! swapped, replaced, wrapped or unwrapped, or everything after it in its brackets is cut off.

use arbitrary::{Result, Unstructured};
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use crate::soup::{any_delimiter, soup};

/// None, one or a few such changes.
pub fn some(bytes: &mut Unstructured<'_>, tokens: TokenStream) -> Result<TokenStream> {
    let mut tokens = tokens;
    for _ in 0..bytes.int_in_range(0..=11_u8)?.saturating_sub(8) {
        let places = count(&tokens);
        if places > 0 {
            let mut place = bytes.int_in_range(0..=places - 1)?;
            tokens = changed(bytes, tokens, &mut place)?;
        }
    }
    Ok(tokens)
}

fn count(tokens: &TokenStream) -> usize {
    let one = |token: TokenTree| match token {
        TokenTree::Group(group) => 1 + count(&group.stream()),
        _ => 1,
    };
    tokens.clone().into_iter().map(one).sum()
}

/// Changes the token that is `place` tokens away.
fn changed(bytes: &mut Unstructured<'_>, tokens: TokenStream, place: &mut usize) -> Result<TokenStream> {
    let mut all: Vec<TokenTree> = tokens.into_iter().collect();
    for at in 0..all.len() {
        if *place == 0 {
            *place = usize::MAX;
            change(bytes, &mut all, at)?;
            break;
        }
        *place -= 1;
        if let TokenTree::Group(group) = &all[at] {
            let inside = changed(bytes, group.stream(), place)?;
            all[at] = Group::new(group.delimiter(), inside).into();
            if *place == usize::MAX {
                break;
            }
        }
    }
    Ok(all.into_iter().collect())
}

fn change(bytes: &mut Unstructured<'_>, all: &mut Vec<TokenTree>, at: usize) -> Result<()> {
    match bytes.int_in_range(0..=8_u8)? {
        0 => drop(all.remove(at)),
        1 => all.truncate(at),
        2 => all.insert(at, all[at].clone()),
        3 if at + 1 < all.len() => all.swap(at, at + 1),
        4 => drop(all.splice(at..at, soup(bytes, 2)?)),
        5 => drop(all.splice(at..=at, soup(bytes, 2)?)),
        6 => all[at] = Group::new(any_delimiter(bytes)?, all[at].clone().into()).into(),
        7 => {
            let until = bytes.int_in_range(at..=all.len() - 1)?;
            let wrapped = all.splice(at..=until, []).collect();
            all.insert(at, Group::new(Delimiter::None, wrapped).into());
        }
        _ => {
            if let TokenTree::Group(group) = all[at].clone() {
                all.splice(at..=at, group.stream());
            }
        }
    }
    Ok(())
}
