//! `Self` in the tokens of a trait, which is the wrapper in what is written here and another type for what
//! is wrapped. What follows from it is decided elsewhere.

use proc_macro2::{Group, Ident, Spacing, Span, TokenStream, TokenTree};
use quote::ToTokens as _;

/// Where `Self` stands by itself: not `Self::Error` or `<Self as Trait>::Error`, which are one type for both.
pub(super) fn alone(tokens: TokenStream) -> Option<Span> {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) => {
                if let Some(span) = alone(group.stream()) {
                    return Some(span);
                }
            }
            TokenTree::Ident(ident) if ident == "Self" && !is_only_asked(tokens.peek()) => {
                return Some(ident.span());
            }
            // `impl Trait + use<'_, Self>` says what is captured, which is always all.
            TokenTree::Ident(ident) if ident == "use" => {
                tokens
                    .by_ref()
                    .find(|token| matches!(token, TokenTree::Punct(mark) if mark.as_char() == '>'));
            }
            _ => {}
        }
    }
    None
}

/// `use<'_, M>` for `use<'_, Self>`: an implementation captures its parameter, and `Self` is none.
pub(super) fn captured(tokens: TokenStream, inner: &Ident) -> TokenStream {
    let mut is_captured = false;
    let said = |token: TokenTree| match token {
        TokenTree::Group(group) => {
            let mut inside = Group::new(group.delimiter(), captured(group.stream(), inner));
            inside.set_span(group.span());
            TokenTree::Group(inside)
        }
        TokenTree::Ident(word) if word == "Self" && is_captured => {
            TokenTree::Ident(Ident::new(&inner.to_string(), word.span()))
        }
        token => {
            match &token {
                TokenTree::Ident(word) if word == "use" => is_captured = true,
                TokenTree::Punct(mark) if mark.as_char() == '>' => is_captured = false,
                _ => {}
            }
            token
        }
    };
    tokens.into_iter().map(said).collect()
}

/// Whether `Self` is followed by `::` or `as`.
fn is_only_asked(next: Option<&TokenTree>) -> bool {
    match next {
        Some(TokenTree::Punct(mark)) => mark.as_char() == ':' && mark.spacing() == Spacing::Joint,
        Some(TokenTree::Ident(word)) => word == "as",
        _ => false,
    }
}

/// The same tokens said of what is wrapped: `inner` for `Self`, and `asked` for a `Self` that is asked for an
/// associated type of the trait.
pub(super) fn of_inner(
    tokens: TokenStream,
    inner: &Ident,
    asked: &TokenStream,
    types: &[&Ident],
) -> TokenStream {
    let mut said = TokenStream::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) => {
                let mut inside = Group::new(group.delimiter(), of_inner(group.stream(), inner, asked, types));
                inside.set_span(group.span());
                inside.to_tokens(&mut said);
            }
            TokenTree::Ident(ident) if ident == "Self" => {
                let mut ahead = tokens.clone();
                let is_path = is_only_asked(ahead.next().as_ref()) && ahead.next().is_some();
                match ahead.next() {
                    Some(TokenTree::Ident(name)) if is_path && types.contains(&&name) => {
                        asked.to_tokens(&mut said);
                    }
                    _ => Ident::new(&inner.to_string(), ident.span()).to_tokens(&mut said),
                }
            }
            other => other.to_tokens(&mut said),
        }
    }
    said
}
