//! Whether tokens that nobody has parsed name a variable. Errs on the side of "yes", which costs a clone
//! at the most.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::Pat;

/// The names that a pattern binds, and a few more: words in it that are types do no harm.
pub(crate) fn names_of(pattern: &Pat) -> Vec<String> {
    fn collect(tokens: TokenStream, names: &mut Vec<String>) {
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => names.push(ident.to_string()),
                TokenTree::Group(group) => collect(group.stream(), names),
                _ => {}
            }
        }
    }
    let mut names = Vec::new();
    collect(pattern.to_token_stream(), &mut names);
    names
}

/// Whether the word stands anywhere in `tokens`.
pub(crate) fn says(tokens: TokenStream, word: &str) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == word,
        TokenTree::Group(group) => says(group.stream(), word),
        _ => false,
    })
}

/// Whether `name` stands in `tokens` as a variable: not after a dot, not as the name of a field.
pub(crate) fn mentions(tokens: &TokenStream, name: &str) -> bool {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let is_punct = |token: Option<&TokenTree>, mark: char| matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == mark);
    tokens.iter().enumerate().any(|(at, token)| match token {
        TokenTree::Ident(ident) if ident == name => {
            let before = at.checked_sub(1).and_then(|at| tokens.get(at));
            let (next, after_next) = (tokens.get(at + 1), tokens.get(at + 2));
            let is_field = is_punct(before, '.') || (is_punct(next, ':') && !is_punct(after_next, ':'));
            !is_field
        }
        TokenTree::Group(group) => mentions(&group.stream(), name),
        TokenTree::Literal(literal) => {
            let text = literal.to_string();
            text.match_indices('{').any(|(at, _)| {
                let rest = text.get(at + 1..).unwrap_or_default();
                rest.strip_prefix(name).is_some_and(|rest| rest.starts_with(['}', ':']))
            })
        }
        _ => false,
    })
}
