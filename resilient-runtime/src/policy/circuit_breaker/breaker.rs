//! `CircuitBreaker`: name and settings as a `static` can hold them. The circuit itself is looked up
//! (or made) at the first use.

use std::borrow::Cow;
use std::ops::Deref;
use std::panic::Location;

use super::door::{Door, Entrance as _, Shown};
use super::settings::Written;
use super::word::Word;
use super::{Circuit, KeyedCircuitBreaker, Permit, registry};
use crate::sync::{AtomicU64, OnceLock};

/// Stops calling a service that is down: after so many failures in a row, or at a share of failures or
/// slow calls, calls are refused at once, until a probe finds the service back.
///
/// The name is the breaker: all `CircuitBreaker`s of one name, and all attributes that say it, share
/// one [`Circuit`], process-wide. Where their settings disagree those of the first one used hold, and
/// a warning event names both places. Give breakers in tests names of their own.
///
/// Every builder is `const`; a setting that makes no sense fails to compile in a `static`.
///
/// # Examples
///
/// ```
/// use std::{io, time::Duration};
/// use resilient_runtime::{CircuitBreaker, CircuitOpenError, CircuitState};
///
/// static SEARCH: CircuitBreaker = CircuitBreaker::new("search")
///     .failure_threshold(3)
///     .recovery_timeout(Duration::from_secs(60));
///
/// #[derive(Debug)]
/// enum SearchError { Io(io::Error), Open(CircuitOpenError) }
/// impl From<CircuitOpenError> for SearchError {
///     fn from(error: CircuitOpenError) -> Self { Self::Open(error) }
/// }
///
/// let down = || Err::<(), _>(SearchError::Io(io::Error::from(io::ErrorKind::ConnectionRefused)));
/// for _ in 0..3 {
///     assert!(matches!(SEARCH.call(down), Err(SearchError::Io(_))));
/// }
/// assert_eq!(SEARCH.state(), CircuitState::Open);
/// assert!(matches!(SEARCH.call(down), Err(SearchError::Open(_))));
/// ```
#[derive(Debug)]
pub struct CircuitBreaker {
    name: Name,
    pub(super) written: Written,
    pub(super) place: &'static Location<'static>,
    circuit: OnceLock<&'static Circuit>,
    door: Door,
}

#[derive(Clone, Copy, Debug)]
enum Name {
    Given(&'static str),
    /// The path of the guarded function, told by the type name of something inside it.
    Path(fn() -> &'static str),
}

impl CircuitBreaker {
    /// Opens after 5 failures in a row, for 30 s; then one probe, whose success closes it.
    ///
    /// # Panics
    /// In `const` evaluation this is a compile error: an empty name.
    #[must_use]
    #[track_caller]
    pub const fn new(name: &'static str) -> Self {
        assert!(!name.is_empty(), "`name` must not be empty");
        Self::named(Name::Given(name))
    }

    /// A breaker named after the function that `inside` is written in.
    #[must_use]
    #[track_caller]
    #[doc(hidden)]
    pub const fn of_function(inside: fn() -> &'static str) -> Self {
        Self::named(Name::Path(inside))
    }

    #[track_caller]
    const fn named(name: Name) -> Self {
        let door =
            Door { word: AtomicU64::new(Word::ASKS.0), circuit: OnceLock::new(), next: OnceLock::new() };
        Self { name, written: Written::NOTHING, place: Location::caller(), circuit: OnceLock::new(), door }
    }

    /// The same settings for a circuit per key: per host, per tenant.
    #[must_use]
    pub const fn keyed(self) -> KeyedCircuitBreaker {
        KeyedCircuitBreaker::new(self)
    }

    /// The name that was given, or the path of the function.
    pub(super) fn name_as_written(&self) -> Cow<'static, str> {
        match self.name {
            Name::Given(name) => Cow::Borrowed(name),
            Name::Path(inside) => function_path(inside()),
        }
    }

    /// Memory that lives as long as the process, where the name is put together: to be asked once.
    pub(super) fn resolved_name(&self) -> &'static str {
        match self.name_as_written() {
            Cow::Borrowed(name) => name,
            Cow::Owned(name) => name.leak(),
        }
    }

    /// A permit that the circuit is yet to be asked for. As [`Circuit::permit`], and quicker: of a breaker that
    /// lives as long as the process, the circuit keeps the word up to date.
    #[doc(hidden)]
    #[inline]
    pub fn permit_at_door(&'static self) -> Permit<'static, &'static Door> {
        let door = &self.door;
        let shown = door.shown();
        Permit::new(door, if shown.is_quick() { shown } else { self.behind_the_door() })
    }

    /// What the circuit shows, whom the door leads to from now on.
    #[cold]
    fn behind_the_door(&'static self) -> Shown {
        if let Some(circuit) = self.door.circuit() {
            return circuit.shown();
        }
        let circuit: &'static Circuit = self;
        circuit.show_at(&self.door);
        circuit.shown()
    }

    #[cold]
    fn join(&self) -> &'static Circuit {
        let settings = self.written.settings();
        let circuit = registry::join(self.resolved_name(), settings, self.place);
        // Whoever listens to the event may use this very breaker: nothing may be held meanwhile.
        if self.circuit.set(circuit).is_ok() {
            registry::compare(circuit, &settings, self.place);
        }
        circuit
    }
}

impl Deref for CircuitBreaker {
    type Target = Circuit;

    #[inline]
    fn deref(&self) -> &Circuit {
        match self.circuit.get() {
            Some(circuit) => circuit,
            None => self.join(),
        }
    }
}

/// What the name of the function begins with that describes another.
const DESCRIBING: &str = "__resilient_describe_";

/// `module::Type::function` out of the type name of something that is written inside the function.
fn function_path(inside: &'static str) -> Cow<'static, str> {
    // The last one: a module may be called likewise. Ours ends in more underscores where the function's
    // own names begin so.
    let function = inside.rsplit_once("::__BREAKER").map_or(inside, |(function, _)| function);
    let function = function.trim_end_matches("::{{closure}}");
    // `<module::Type as Trait>::function`: a method of a trait goes by its type too.
    let of_trait = function
        .strip_prefix('<')
        .and_then(|rest| rest.split_once(" as "))
        .and_then(|(ty, rest)| Some((ty, rest.rsplit_once(">::")?.1)));
    match (of_trait, function.split_once(DESCRIBING)) {
        (Some((ty, method)), _) => Cow::Owned(format!("{ty}::{method}")),
        (None, Some((module, name))) => Cow::Owned(format!("{module}{name}")),
        (None, None) => Cow::Borrowed(function),
    }
}

#[cfg(test)]
mod tests {
    use super::function_path;

    #[test]
    fn paths_are_those_a_reader_would_write() {
        for (inside, path) in [
            ("a::b::call::__BREAKER::{{closure}}", "a::b::call"),
            ("a::__BREAKER::call::__BREAKER_::{{closure}}", "a::__BREAKER::call"),
            ("a::Type::call::{{closure}}::__BREAKER::{{closure}}", "a::Type::call"),
            ("a::Type::__resilient_describe_call::{{closure}}", "a::Type::call"),
            ("<a::Type as a::Model>::chat::__BREAKER::{{closure}}", "a::Type::chat"),
            ("<a::Type<T> as a::Model<U>>::chat::__BREAKER::{{closure}}", "a::Type<T>::chat"),
        ] {
            assert_eq!(function_path(inside), path);
        }
    }
}
