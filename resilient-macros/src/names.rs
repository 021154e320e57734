//! The spans and words that generated code is made of: locals that the user cannot see, and places in
//! the user's code for the compiler to point at.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};

use crate::report::Report;

/// `quote!` for generated code: its names are the macro's own, so that they neither see nor hide the
/// user's.
macro_rules! emit {
    ($($tokens:tt)*) => {
        ::quote::quote_spanned! { ::proc_macro2::Span::mixed_site()=> $($tokens)* }
    };
}
pub(crate) use emit;

/// Resolved as the macro's own, reported at `place`.
pub(crate) fn here(place: Span) -> Span {
    Span::mixed_site().located_at(place)
}

/// A piece of the user's code, from its first token to its last, for the compiler to point at.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    start: Span,
    end: Span,
}

impl Place {
    pub(crate) fn of(tokens: &impl ToTokens) -> Self {
        let mut spans = tokens.to_token_stream().into_iter().map(|token| token.span());
        let start = spans.next().unwrap_or_else(Span::call_site);
        Self { start, end: spans.last().unwrap_or(start) }
    }

    /// Reports something about this piece.
    pub(crate) fn error(self, message: impl std::fmt::Display, report: &mut Report) {
        let both = [self.start, self.end].map(|span| TokenTree::Ident(Ident::new("_place", span)));
        report.error_at(&TokenStream::from_iter(both), message);
    }

    /// `__resilient::name(ours, users)`, whose errors belong to this piece. Tokens of the user's keep
    /// their own places.
    pub(crate) fn call(self, name: &str, ours: TokenStream, users: Option<&dyn ToTokens>) -> TokenStream {
        let runtime = Ident::new(RUNTIME, here(self.start));
        let name = Ident::new(name, here(self.end));
        let ours = moved_to(ours, self.start);
        let users = users.map(|users| quote!(, #users));
        let mut arguments = Group::new(Delimiter::Parenthesis, quote!(#ours #users));
        arguments.set_span(here(self.end));
        quote!(#runtime::#name #arguments)
    }
}

/// `{ tokens }`, without a second pair of braces where `tokens` have one.
pub(crate) fn block(tokens: &TokenStream) -> TokenStream {
    let inside = without_braces(tokens);
    emit!({ #inside })
}

/// What is in the braces, where `tokens` are one block.
pub(crate) fn without_braces(tokens: &TokenStream) -> TokenStream {
    let mut all = tokens.clone().into_iter();
    match (all.next(), all.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::Brace => group.stream(),
        _ => tokens.clone(),
    }
}

/// The same tokens, resolved as before, reported at `place`.
fn moved_to(tokens: TokenStream, place: Span) -> TokenStream {
    let moved = |mut token: TokenTree| {
        if let TokenTree::Group(group) = &token {
            token = TokenTree::Group(Group::new(group.delimiter(), moved_to(group.stream(), place)));
        }
        token.set_span(token.span().located_at(place));
        token
    };
    tokens.into_iter().map(moved).collect()
}

/// First thing in every expansion, and so the sign by which a second expansion of the same function is
/// recognised.
pub(crate) const RUNTIME: &str = "__resilient";
