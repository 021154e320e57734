//! `on = …`: which errors are meant. Types match along the chain of sources, variants and patterns
//! match the error itself. Shared by every policy that takes `on` and `when`.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote, quote_spanned};
use syn::parse::{Parse as _, ParseStream};
use syn::spanned::Spanned as _;
use syn::{Expr, Pat, Path, Token};

use crate::names::{Place, emit, here};
use crate::wording;

/// One item or a tuple of them; an error matches when any item does.
pub(crate) struct Matchers(Vec<Matcher>);

enum Matcher {
    Any,
    Type(Path),
    Pattern(TokenStream),
}

impl Matchers {
    pub(crate) fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if !input.peek(syn::token::Paren) {
            return Ok(Self(vec![Matcher::parse(input)?]));
        }
        let items;
        let paren = syn::parenthesized!(items in input);
        let matchers = items.parse_terminated(Matcher::parse, Token![,])?;
        if matchers.is_empty() {
            return Err(syn::Error::new(paren.span.join(), wording::empty_on()));
        }
        Ok(Self(matchers.into_iter().collect()))
    }

    pub(crate) fn is_any(&self) -> bool {
        self.0.iter().any(|matcher| matches!(matcher, Matcher::Any))
    }

    /// Whether types are looked for along a chain of sources.
    pub(crate) fn names_types(&self) -> bool {
        self.0.iter().any(|matcher| matches!(matcher, Matcher::Type(_)))
    }

    /// A `bool` that says whether `error` (a reference) matches.
    fn test(&self) -> TokenStream {
        let tests = self.0.iter().map(|matcher| match matcher {
            Matcher::Any => emit!(true),
            Matcher::Type(ty) => {
                let span = here(ty.span());
                quote_spanned!(span=> __res::is!(error, #ty))
            }
            Matcher::Pattern(pattern) => emit!(::core::matches!(error, #pattern)),
        });
        emit!(#(#tests)||*)
    }
}

impl Matcher {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let ahead = input.fork();
        let is_path = ahead.call(Path::parse).is_ok();
        if is_path && (ahead.is_empty() || ahead.peek(Token![,])) {
            return Ok(Self::path(input.parse()?));
        }
        let pattern = Pat::parse_multi(input)?;
        if let Pat::Lit(_) | Pat::Wild(_) | Pat::Ident(_) = pattern {
            return Err(syn::Error::new(pattern.span(), wording::no_matcher()));
        }
        Ok(Self::Pattern(pattern.into_token_stream()))
    }

    /// `Error` and `io::Error` are types; `Error::Variant` is a variant, of whatever shape.
    fn path(path: Path) -> Self {
        if path.is_ident("any") {
            return Self::Any;
        }
        let mut last = path.segments.iter().rev();
        let is_name = |segment: Option<&syn::PathSegment>| {
            segment.is_some_and(|segment| segment.ident.to_string().starts_with(char::is_uppercase))
        };
        if is_name(last.next()) && is_name(last.next()) {
            let rest = quote_spanned!(path.span()=> { .. });
            Self::Pattern(quote!(#path #rest))
        } else {
            Self::Type(path)
        }
    }
}

/// `on` and `when` together: either one matches. `None` where neither was written.
pub(crate) fn selection(on: Option<&Matchers>, when: Option<&Expr>) -> Option<TokenStream> {
    let on = on.map(Matchers::test);
    let when = when.map(|when| Place::of(when).call("holds", emit!(error), Some(when)));
    match (on, when) {
        (Some(on), Some(when)) => Some(emit!(#on || #when)),
        (on, when) => on.or(when),
    }
}
