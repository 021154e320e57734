//! Every shape of function that a Rust programmer can write, under every attribute alone and under all
//! of them: what compiles without an attribute compiles with it, and does the same but for the policy.
//!
//! - `shapes`: a module for each shape, plain Rust; `#[each_policy]` stamps it once for every policy, and
//!   the tests in it look at values, at the number of runs and at what each run sees.
//! - `hygiene`: names of the user's that generated code says too.
//! - `same`: what else a caller could tell a guarded function from the plain one by.
//! - `decorated`: every shape of trait under `#[decorator]`.
//! - `witness`: how all of them look.

#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, unused, rust_2018_idioms, rust_2024_compatibility)]
#![deny(clippy::all, clippy::pedantic, clippy::nursery)]
#![deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unreachable,
    clippy::shadow_reuse,
    clippy::shadow_same,
    clippy::shadow_unrelated,
    clippy::large_futures
)]

// Fixtures say `resilient_zoo`, here as in the crates of other editions.
extern crate self as resilient_zoo;

pub mod decorated;
pub mod hygiene;
pub mod same;
pub mod shapes;
pub mod witness;

/// What fixtures import.
pub mod prelude {
    pub use resilient::{Served, circuit_breaker, deadline, fallback, retry, timeout};

    pub use crate::witness::{Fault, Witness};
}
