//! Every circuit of the process by name. The name is the identity: whoever asks for it, by attribute
//! or by value, gets the one circuit; settings that disagree are reported.

use std::fmt::Debug;
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
pub(super) fn compare(circuit: &Circuit, settings: &Settings, place: &Location<'_>) {
    let holds = *lock(&circuit.machine).settings();
    let difference = difference(&holds, settings);
    if !difference.is_empty() {
        event::circuit_conflict(circuit.name, circuit.place, place, &difference);
    }
}

/// What differs, as `failure_threshold 3 / 5`.
fn difference(holds: &Settings, ignored: &Settings) -> String {
    let pairs = shown(holds).into_iter().zip(shown(ignored));
    let differing = pairs.filter(|(holds, ignored)| holds != ignored);
    let lines = differing.map(|((setting, holds), (_, ignored))| format!("{setting} {holds} / {ignored}"));
    lines.collect::<Vec<_>>().join(", ")
}

/// Every setting by its name; `none` where it is not in force.
fn shown(settings: &Settings) -> [(&'static str, String); 11] {
    let rates = settings.rates.as_ref();
    let slow = settings.slow();
    let grows = settings.max_recovery_timeout > settings.recovery_timeout;
    [
        ("failure_threshold", or_none(settings.failure_threshold)),
        ("failure_rate", or_none(rates.and_then(|rates| rates.failure))),
        ("slow_call", or_none(slow.map(|slow| slow.call))),
        ("slow_call_rate", or_none(slow.map(|slow| slow.rate))),
        ("window", or_none(rates.map(|rates| rates.window))),
        ("minimum_calls", or_none(rates.map(|rates| rates.minimum_calls))),
        ("recovery_timeout", format!("{:?}", settings.recovery_timeout)),
        ("max_recovery_timeout", or_none(grows.then_some(settings.max_recovery_timeout))),
        ("half_open_max_calls", settings.half_open_max_calls.to_string()),
        ("success_threshold", settings.success_threshold.to_string()),
        ("probe_timeout", format!("{:?}", settings.hold(Duration::ZERO))),
    ]
}

fn or_none(value: Option<impl Debug>) -> String {
    value.map_or_else(|| "none".to_owned(), |value| format!("{value:?}"))
}
