//! The spans and words that generated code is made of: locals that the user cannot see, and places in
//! the user's code for the compiler to point at.

use proc_macro2::Span;

/// Resolved as the macro's own, reported at `place`: for helper calls whose errors belong to a token
/// of the user's.
pub(crate) fn here(place: Span) -> Span {
    Span::mixed_site().located_at(place)
}

/// `quote!` for generated code: its names are the macro's own, so that they neither see nor hide the
/// user's.
macro_rules! emit {
    ($($tokens:tt)*) => {
        ::quote::quote_spanned! { ::proc_macro2::Span::mixed_site()=> $($tokens)* }
    };
}
pub(crate) use emit;

/// First thing in every expansion, and so the sign by which a second expansion of the same function is
/// recognised.
pub(crate) const RUNTIME: &str = "__resilient";
