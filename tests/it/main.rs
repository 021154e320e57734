//! The attributes as a user meets them: one binary, a module per subject. What the runtime's machines
//! do by themselves is tested beside them; what does not compile, in `ui-tests`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

#[macro_use]
mod both_ways;

mod at_the_limit;
mod bad_input;
mod breaker;
#[cfg(feature = "cache")]
mod cached;
mod cancelled;
mod contention;
mod deadline;
mod decorator;
mod degradable;
mod describe;
mod futures;
mod giving_up;
mod hangs;
mod keys;
mod ladder;
mod main_job;
mod matching;
mod names;
mod nested;
mod panics;
mod retry;
mod seeds;
mod settings;
mod shapes;
#[cfg(feature = "cache")]
mod single_flight;
mod stacks;
#[cfg(feature = "stream")]
mod streams;
mod support;
mod tiers;
mod timeout;
mod values;
