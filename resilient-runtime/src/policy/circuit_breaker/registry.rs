//! Every circuit of the process by name. The name is the identity: whoever asks for it, by attribute
//! or by value, gets the one circuit; settings that disagree are reported.

use std::fmt::Debug;
use std::panic::Location;
use std::time::Duration;

use super::Circuit;
use super::keyed::KeyedCircuits;
use super::settings::Settings;
use crate::event;
use crate::sync::{Mutex, lock};

/// Circuits live as long as the process: there are as many as there are names in its source.
static CIRCUITS: Mutex<Vec<&'static Circuit>> = Mutex::new(Vec::new());

/// Those of breakers with keys, likewise.
static KEYED: Mutex<Vec<&'static KeyedCircuits>> = Mutex::new(Vec::new());

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
    circuits.iter().find(|circuit| circuit.name() == name).copied()
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
    let settings = Box::leak(Box::new(settings));
    let made: &'static Circuit = Box::leak(Box::new(Circuit::new(name, settings, place)));
    circuits.push(made);
    made
}

/// The circuits of that name, of which these are the first if it is new; and what they were not.
pub(super) fn join_keyed(made: KeyedCircuits) -> (&'static KeyedCircuits, Option<KeyedCircuits>) {
    let mut keyed = lock(&KEYED);
    if let Some(known) = keyed.iter().find(|known| known.name == made.name) {
        return (known, Some(made));
    }
    let made: &'static KeyedCircuits = Box::leak(Box::new(made));
    keyed.push(made);
    (made, None)
}

/// Tells where the settings of a breaker are not those that hold.
pub(super) fn compare(circuit: &Circuit, settings: &Settings, place: &Location<'_>) {
    let holds = circuit.shared().machine.settings();
    let difference = difference(shown(holds), shown(settings));
    if !difference.is_empty() {
        event::circuit_conflict(circuit.name(), circuit.place, place, &difference);
    }
}

/// [`compare`], for breakers with keys.
pub(super) fn compare_keyed(circuits: &KeyedCircuits, ignored: &KeyedCircuits) {
    let [holding, ignoring] = [circuits, ignored].map(|circuits| {
        let max_keys = ("max_keys", circuits.max_keys.to_string());
        shown(&circuits.settings).into_iter().chain([max_keys])
    });
    let difference = difference(holding, ignoring);
    if !difference.is_empty() {
        event::circuit_conflict(circuits.name, circuits.place, ignored.place, &difference);
    }
}

/// A setting's name and value.
type Shown = (&'static str, String);

/// What differs, as `failure_threshold 3 / 5`.
fn difference(holds: impl IntoIterator<Item = Shown>, ignored: impl IntoIterator<Item = Shown>) -> String {
    let pairs = holds.into_iter().zip(ignored);
    let differing = pairs.filter(|(holds, ignored)| holds != ignored);
    let lines = differing.map(|((setting, holds), (_, ignored))| format!("{setting} {holds} / {ignored}"));
    lines.collect::<Vec<_>>().join(", ")
}

/// Every setting by its name; `none` where it is not in force.
fn shown(settings: &Settings) -> [Shown; 11] {
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
