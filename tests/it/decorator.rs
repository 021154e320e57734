//! `#[decorator]`: one attribute on a trait, and every implementation of it is guarded. Here is only the
//! list; the shapes of traits are in the zoo.

mod bounds;
mod config;
mod model;
mod policies;
