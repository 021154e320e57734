//! The spans and words that generated code is made of: locals that the user cannot see, and places in
//! the user's code for the compiler to point at.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};

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

    /// Its first token, or group of tokens.
    pub(crate) fn first(self) -> Self {
        Self { end: self.start, ..self }
    }

    /// `future.await`, likewise.
    pub(crate) fn awaited(self, future: &TokenStream) -> TokenStream {
        quote_spanned!(here(self.start)=> #future.await)
    }

    /// Reports something about this piece.
    pub(crate) fn error(self, message: impl std::fmt::Display, report: &mut Report) {
        let both = [self.start, self.end].map(|span| TokenTree::Ident(Ident::new("_place", span)));
        report.error_at(&TokenStream::from_iter(both), message);
    }

    /// `__res::name(ours, users)`, whose errors belong to this piece. Tokens of the user's keep
    /// their own places.
    pub(crate) fn call(self, name: &str, ours: TokenStream, users: Option<&dyn ToTokens>) -> TokenStream {
        let runtime = Ident::new(RUNTIME, here(self.start));
        let name = self.name(name);
        let ours = moved_to(ours, self.start);
        let comma = (users.is_some() && !ours.is_empty()).then(|| quote!(,));
        let arguments = self.parenthesized(&quote!(#ours #comma #users));
        quote!(#runtime::#name #arguments)
    }

    /// `__res::name`, likewise.
    pub(crate) fn path(self, name: &str) -> TokenStream {
        let (runtime, name) = (Ident::new(RUNTIME, here(self.start)), self.name(name));
        quote!(#runtime::#name)
    }

    /// `__res::name::<ty>()`, likewise.
    pub(crate) fn call_of_type(self, name: &str, ty: &impl ToTokens) -> TokenStream {
        let runtime = Ident::new(RUNTIME, here(self.start));
        let (name, arguments) = (self.name(name), self.parenthesized(&TokenStream::new()));
        quote!(#runtime::#name::<#ty> #arguments)
    }

    /// `const { tokens }`, whose errors as a whole belong to this piece.
    pub(crate) fn while_compiling(self, tokens: &TokenStream) -> TokenStream {
        let (keyword, block) = (Ident::new("const", here(self.start)), self.group(Delimiter::Brace, tokens));
        quote!(#keyword #block)
    }

    /// `(tokens)`, likewise.
    pub(crate) fn parenthesized(self, tokens: &TokenStream) -> Group {
        self.group(Delimiter::Parenthesis, tokens)
    }

    fn group(self, delimiter: Delimiter, tokens: &TokenStream) -> Group {
        let mut group = Group::new(delimiter, tokens.clone());
        group.set_span(here(self.end));
        group
    }

    /// A name of ours, whose errors belong to this piece: those about what a method demands are told at
    /// its name. Parts of a path are parted by `::`.
    pub(crate) fn name(self, path: &str) -> TokenStream {
        let parts = path.split("::").map(|part| Ident::new(part, here(self.end)));
        quote!(#(#parts)::*)
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

/// The module of the runtime that expansions use. It stands in the first statement of each, and is so the
/// sign by which a second expansion of the same function is recognised.
pub(crate) const DOOR: &str = "__private";

/// What expansions call it. Short, so that they are: users see it in nothing but an expansion.
pub(crate) const RUNTIME: &str = "__res";
