//! Circuits by key, as threads make and lose them.

use std::sync::Arc;

use super::{OPENS_AT_ONCE, every_order, joined};
use crate::policy::circuit_breaker::CircuitState;
use crate::policy::circuit_breaker::keyed::circuits::KeyedCircuits;

fn circuits(max_keys: u32) -> &'static KeyedCircuits {
    let place = std::panic::Location::caller();
    Box::leak(Box::new(KeyedCircuits::new("model", OPENS_AT_ONCE, max_keys, place)))
}

/// Threads that use a key first at the same time get one circuit.
pub fn a_key_that_is_new_to_both() {
    every_order(|| {
        let circuits = circuits(8);
        let other = loom::thread::spawn(|| circuits.of("key"));
        let mine = circuits.of("key");
        assert!(Arc::ptr_eq(&mine, &joined(other)));
        assert!(Arc::ptr_eq(&mine, &circuits.of("key")));
    });
}

/// Where there is one place, two keys do not both keep it, and an open circuit is not lost to another key.
pub fn keys_that_want_one_place() {
    every_order(|| {
        let circuits = circuits(1);
        let other = loom::thread::spawn(|| drop(circuits.of("other")));
        let mine = circuits.of("mine");
        let permit = mine.circuit.enter();
        joined(other);
        if let Ok(permit) = permit {
            permit.failure();
        }
        assert_eq!(mine.circuit.state(), CircuitState::Open);
        let again = circuits.of("mine");
        let kept = Arc::ptr_eq(&mine, &again);
        // Forgotten while it was closed, or else remembered for good.
        assert!(kept || again.circuit.state() == CircuitState::Closed);
        drop(circuits.of("another"));
        assert_eq!(kept, Arc::ptr_eq(&mine, &circuits.of("mine")));
    });
}
