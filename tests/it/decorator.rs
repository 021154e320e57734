//! `#[decorator]`: one attribute on a trait, and every implementation of it is guarded. Here is only the
//! list; what becomes of the methods is each module's subject.

mod model;
