//! Circuit breakers: the `CircuitBreaker` that a `static` or an attribute holds, and the `Circuit` of its
//! name. What the states mean is decided in `machine`; how threads share one, in `circuit`; who hears of a
//! change, in `news` and `listeners`; names are kept in `registry`, keys in `keyed`.

mod breaker;
mod builder;
pub mod check;
mod circuit;
mod described;
mod door;
mod keyed;
mod listeners;
mod machine;
mod news;
mod permit;
mod registry;
mod settings;
mod snapshot;
mod state;
mod transition;
#[cfg(feature = "stream")]
mod until_end;
mod word;

pub use breaker::CircuitBreaker;
pub use circuit::Circuit;
pub use described::CircuitSettings;
pub use keyed::{AsCircuitKey, CircuitKey, KeyedCircuit, KeyedCircuitBreaker};
pub use listeners::{CircuitChange, CircuitListener, on_circuit_change};
pub use permit::Permit;
pub use registry::{circuit, circuits};
pub use snapshot::CircuitSnapshot;
pub use state::{CircuitState, FailureKind, Held, Verdict};
#[cfg(feature = "stream")]
pub use until_end::UntilEnd;

#[cfg(test)]
mod tests;
