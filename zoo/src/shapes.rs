//! The shapes, by what is special about them.

#![allow(
    clippy::missing_errors_doc,
    clippy::must_use_candidate,
    clippy::needless_pass_by_value,
    reason = "the plain functions' own: they fail when they are told to, and take what they are to show"
)]

pub mod arguments;
pub mod attributes;
pub mod bodies;
pub mod futures;
pub mod generics;
pub mod macros;
pub mod receivers;
pub mod returns;
pub mod traits;
