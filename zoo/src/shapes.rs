//! The shapes, by what is special about them.

#![allow(clippy::missing_errors_doc, reason = "each of them fails when it is told to")]

pub mod arguments;
pub mod bodies;
pub mod generics;
pub mod receivers;
pub mod returns;
