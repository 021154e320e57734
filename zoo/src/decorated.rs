//! Every shape of trait under `#[decorator]`: the wrapper does what is wrapped does, but for the policies. That
//! it compiles under the lints of this crate is half of what is tested.

pub mod attributes;
pub mod deprecated;
pub mod futures;
pub mod generics;
pub mod members;
pub mod receivers;
pub mod supertraits;
