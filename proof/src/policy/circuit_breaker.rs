//! What of the breaker threads share: a circuit and its parts. Names and attributes' doors are not here.

#[rustfmt::skip]
#[path = "../../../resilient-runtime/src/policy/circuit_breaker/circuit.rs"]
pub(crate) mod circuit;
#[rustfmt::skip]
#[path = "../../../resilient-runtime/src/policy/circuit_breaker/door.rs"]
pub(crate) mod door;
pub(crate) mod keyed;
#[rustfmt::skip]
#[path = "../../../resilient-runtime/src/policy/circuit_breaker/listeners.rs"]
pub(crate) mod listeners;
#[rustfmt::skip]
#[path = "../../../resilient-runtime/src/policy/circuit_breaker/machine.rs"]
pub(crate) mod machine;
#[rustfmt::skip]
#[path = "../../../resilient-runtime/src/policy/circuit_breaker/news.rs"]
pub(crate) mod news;
#[rustfmt::skip]
#[path = "../../../resilient-runtime/src/policy/circuit_breaker/permit.rs"]
pub(crate) mod permit;
#[rustfmt::skip]
#[path = "../../../resilient-runtime/src/policy/circuit_breaker/settings.rs"]
pub(crate) mod settings;
#[rustfmt::skip]
#[path = "../../../resilient-runtime/src/policy/circuit_breaker/snapshot.rs"]
pub(crate) mod snapshot;
#[rustfmt::skip]
#[path = "../../../resilient-runtime/src/policy/circuit_breaker/state.rs"]
pub(crate) mod state;
#[rustfmt::skip]
#[path = "../../../resilient-runtime/src/policy/circuit_breaker/transition.rs"]
pub(crate) mod transition;
#[rustfmt::skip]
#[path = "../../../resilient-runtime/src/policy/circuit_breaker/word.rs"]
pub(crate) mod word;

pub use circuit::Circuit;
pub use permit::Permit;
pub use snapshot::CircuitSnapshot;
pub use state::{CircuitState, FailureKind, Held, Verdict};
