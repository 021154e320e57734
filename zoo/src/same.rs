//! What a caller could tell a guarded function from the plain one by, compared with the plain one: when
//! things are dropped, where futures may go, how panics come out, what is cloned.

#![allow(
    clippy::missing_errors_doc,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    clippy::needless_pass_by_value,
    reason = "the plain functions' own: they end as they are told to, and take what they are to show"
)]

pub mod auto_traits;
pub mod clones;
pub mod drop_order;
pub mod panics;
