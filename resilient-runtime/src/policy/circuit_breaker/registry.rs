//! Every circuit of the process by name. The name is the identity: whoever asks for it, by attribute
//! or by value, gets the one circuit; settings that disagree are reported.

use std::panic::Location;
use std::time::Duration;

use super::{Circuit, Settings};
use crate::event;
use crate::sync::{Mutex, lock};

/// Circuits live as long as the process: there are as many as there are names in its source.
static CIRCUITS: Mutex<Vec<&'static Circuit>> = Mutex::new(Vec::new());

/// The circuit of that name, if it has been used.
#[must_use]
pub fn circuit(name: &str) -> Option<&'static Circuit> {
    find(&lock(&CIRCUITS), name)
}

/// All circuits that have been used, in the order of their first use.
#[must_use]
pub fn circuits() -> Vec<&'static Circuit> {
    lock(&CIRCUITS).clone()
}

fn find(circuits: &[&'static Circuit], name: &str) -> Option<&'static Circuit> {
    circuits.iter().find(|circuit| circuit.name == name).copied()
}

/// The circuit of that name, made with these settings if it is new.
pub(super) fn join(
    name: &'static str,
    settings: Settings,
    place: &'static Location<'static>,
) -> &'static Circuit {
    let mut circuits = lock(&CIRCUITS);
    if let Some(known) = find(&circuits, name) {
        return known;
    }
    let made: &'static Circuit = Box::leak(Box::new(Circuit::new(name, settings, place)));
    circuits.push(made);
    made
}

/// Tells where the settings of a breaker are not those that hold.
pub(super) fn compare(circuit: &Circuit, settings: Settings, place: &Location<'_>) {
    let difference = difference(&circuit.settings, &settings);
    if !difference.is_empty() {
        event::circuit_conflict(circuit.name, circuit.place, place, &difference);
    }
}

/// What differs, as `failure_threshold 3 / 5`.
fn difference(holds: &Settings, ignored: &Settings) -> String {
    let mut differing = Vec::new();
    let mut compare = |setting: &str, holds: String, ignored: String| {
        if holds != ignored {
            differing.push(format!("{setting} {holds} / {ignored}"));
        }
    };
    let probe_timeout = |settings: &Settings| format!("{:?}", settings.hold(Duration::ZERO));
    compare("failure_threshold", holds.failure_threshold.to_string(), ignored.failure_threshold.to_string());
    compare(
        "recovery_timeout",
        format!("{:?}", holds.recovery_timeout),
        format!("{:?}", ignored.recovery_timeout),
    );
    compare(
        "half_open_max_calls",
        holds.half_open_max_calls.to_string(),
        ignored.half_open_max_calls.to_string(),
    );
    compare("success_threshold", holds.success_threshold.to_string(), ignored.success_threshold.to_string());
    compare("probe_timeout", probe_timeout(holds), probe_timeout(ignored));
    differing.join(", ")
}
