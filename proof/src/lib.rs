//! The circuit breaker under a model checker. The runtime's own files are compiled here once more, by path,
//! with the checker's locks and atomics in the place of std's and a clock that a model sets; `models` says
//! what is tried in every order, and what must hold then. Nothing of the breaker is written anew.

#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    unused_imports,
    unexpected_cfgs,
    clippy::missing_errors_doc,
    clippy::missing_panics_doc,
    reason = "what the models do not use of the files; and a model that fails panics"
)]

mod clock;
#[rustfmt::skip]
#[path = "../../resilient-runtime/src/error.rs"]
mod error;
#[rustfmt::skip]
#[path = "../../resilient-runtime/src/event.rs"]
mod event;
#[rustfmt::skip]
#[path = "../../resilient-runtime/src/mode.rs"]
mod mode;
pub mod models;
mod policy;
mod private;
#[rustfmt::skip]
#[path = "../../resilient-runtime/src/successes.rs"]
mod successes;
mod sync;
#[rustfmt::skip]
#[path = "../../resilient-runtime/src/window.rs"]
mod window;
