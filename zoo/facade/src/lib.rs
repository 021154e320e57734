//! Passes `resilient` on, as frameworks do with what they are built on.

/// What protects calls.
pub mod protection {
    pub use resilient::*;
}
