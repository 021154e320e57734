//! Names of the user's that are also said by generated code: neither sees the other's.

#![allow(clippy::missing_errors_doc, clippy::needless_pass_by_value, reason = "the plain functions' own")]

pub mod locals;
pub mod modules;
pub mod state;
pub mod streams;
