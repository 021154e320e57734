//! The circuits of one name by their keys.

#[rustfmt::skip]
#[path = "../../../../resilient-runtime/src/policy/circuit_breaker/keyed/circuits.rs"]
pub(crate) mod circuits;
#[rustfmt::skip]
#[path = "../../../../resilient-runtime/src/policy/circuit_breaker/keyed/places.rs"]
pub(crate) mod places;

pub use circuits::CircuitKey;
