//! The attributes and the derive of [`resilient`](https://docs.rs/resilient-attributes). Entry points
//! only: each hands its tokens on in one call.

mod args;
mod argument;
mod attempt;
mod call;
mod decorator;
mod degradable;
mod duration;
mod hints;
mod item;
mod limit;
mod matcher;
mod mentions;
mod names;
mod policy;
mod rename;
mod report;
mod retryable;
mod returns;
mod stack;
mod stream;
mod wording;
mod written;

use proc_macro::TokenStream;

#[doc = include_str!("../docs/retry.md")]
#[proc_macro_attribute]
pub fn retry(arguments: TokenStream, item: TokenStream) -> TokenStream {
    stack::expand("retry", arguments.into(), item.into()).into()
}

#[doc = include_str!("../docs/circuit_breaker.md")]
#[proc_macro_attribute]
pub fn circuit_breaker(arguments: TokenStream, item: TokenStream) -> TokenStream {
    stack::expand("circuit_breaker", arguments.into(), item.into()).into()
}

#[doc = include_str!("../docs/timeout.md")]
#[proc_macro_attribute]
pub fn timeout(arguments: TokenStream, item: TokenStream) -> TokenStream {
    stack::expand("timeout", arguments.into(), item.into()).into()
}

#[doc = include_str!("../docs/fallback.md")]
#[proc_macro_attribute]
pub fn fallback(arguments: TokenStream, item: TokenStream) -> TokenStream {
    stack::expand("fallback", arguments.into(), item.into()).into()
}

#[doc = include_str!("../docs/deadline.md")]
#[proc_macro_attribute]
pub fn deadline(arguments: TokenStream, item: TokenStream) -> TokenStream {
    stack::expand("deadline", arguments.into(), item.into()).into()
}

#[doc = include_str!("../docs/decorator.md")]
#[proc_macro_attribute]
pub fn decorator(arguments: TokenStream, item: TokenStream) -> TokenStream {
    decorator::expand(arguments.into(), item.into()).into()
}

#[doc = include_str!("../docs/describe.md")]
#[proc_macro]
pub fn describe(path: TokenStream) -> TokenStream {
    stack::described::call(path.into()).into()
}

#[doc = include_str!("../docs/retryable.md")]
#[proc_macro_derive(Retryable, attributes(retryable))]
pub fn retryable(item: TokenStream) -> TokenStream {
    retryable::expand(item.into()).into()
}

#[doc = include_str!("../docs/degradable.md")]
#[proc_macro_derive(Degradable, attributes(degradable))]
pub fn degradable(item: TokenStream) -> TokenStream {
    degradable::expand(item.into()).into()
}
