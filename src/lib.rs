#![doc = include_str!("../README.md")]

pub use resilient_macros::*;
pub use resilient_runtime::*;

#[doc(hidden)]
pub use resilient_runtime::__private;
