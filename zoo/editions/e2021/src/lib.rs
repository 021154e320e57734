//! The shared fixtures, in edition 2021: what macros write is read by the rules of the crate it is in.

include!("../../shared.rs");
