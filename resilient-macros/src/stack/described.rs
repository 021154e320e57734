//! The stack as a value (`describe`): a function beside the guarded one that gives a `Description`, and the
//! macro that names it. What is said of a policy is the policy's business.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::Path;
use syn::ext::IdentExt as _;

use super::{Listed, describe};
use crate::item::Function;
use crate::names::{emit, here};
use crate::wording;

/// ```text
/// pub fn __resilient_describe_fetch() -> Description {
///     Description::of("module::fetch", "…").retry(retry("fetch").max_attempts(3).settings())
/// }
/// ```
///
/// Where it cannot stand, the compiler says so at `place`.
pub(super) fn write(
    place: Span,
    function: &Function,
    stack: &[Listed],
    runtime: &TokenStream,
) -> TokenStream {
    let (mut name, visibility) = (name_for(function.name()), function.visibility());
    name.set_span(here(place));
    let path = format!("::{}", function.operation());
    let text = describe::plain(stack, function);
    let policies = stack.iter().map(|listed| listed.policy.described(function));
    emit! {
        #[doc(hidden)]
        #[allow(dead_code, clippy::all, clippy::pedantic, clippy::restriction)]
        #visibility fn #name() -> #runtime::Description {
            use #runtime::{self as __res};
            __res::Description::of(::core::concat!(::core::module_path!(), #path), #text) #(.#policies)*
        }
    }
}

/// `describe!(module::fetch)` becomes `module::__resilient_describe_fetch()`.
pub(crate) fn call(path: TokenStream) -> TokenStream {
    let mut path: Path = match syn::parse2(path) {
        Ok(path) => path,
        Err(error) => {
            return syn::Error::new(error.span(), wording::no_path_to_describe()).into_compile_error();
        }
    };
    if let Some(last) = path.segments.last_mut() {
        last.ident = name_for(&last.ident);
        // The function beside a generic one is not: it knows no call.
        last.arguments = syn::PathArguments::None;
    }
    quote!(#path())
}

fn name_for(function: &Ident) -> Ident {
    format_ident!("__resilient_describe_{}", function.unraw(), span = function.span())
}
