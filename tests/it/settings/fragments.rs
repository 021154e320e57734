//! Settings that a `macro_rules!` macro hands on: whatever kind of fragment it takes them as, they arrive
//! in a group that nobody sees.

use std::time::Duration;

use resilient::{CircuitBreaker, Served, circuit, circuit_breaker, fallback, retry, timeout};

use crate::support::{Events, Fault, virtually};

macro_rules! guarded {
    (
        $function:ident, $name:literal, $threshold:expr, $attempts:literal, $shape:ident, $delay:expr,
        $limit:literal, $failure:ty, $retried:path, $else:expr, $when:expr
    ) => {
        #[fallback(default = $else, on = $retried, reason = $name)]
        #[circuit_breaker(name = $name, failure_threshold = $threshold, on = $failure)]
        #[retry(max_attempts = $attempts, backoff = $shape, base_delay = $delay, jitter = none, when = $when)]
        #[timeout($limit)]
        fn $function(ends: fn() -> Result<u32, Fault>) -> Result<Served<u32>, Fault> {
            ends().map(Served::from)
        }
    };
}

guarded!(
    call,
    "fragments::call",
    2,
    3,
    constant,
    Duration::from_millis(250),
    20,
    Fault,
    Fault::Connect,
    40 + 2,
    |error| matches!(error, Fault::Connect(_))
);

#[test]
fn settings_may_be_fragments_of_any_kind() {
    virtually(|clock| {
        let (events, _guard) = Events::collect();
        let fails = || Err(Fault::connect());
        for _ in 0..2 {
            assert_eq!(*call(fails).unwrap(), 42);
        }
        assert_eq!(clock.sleeps(), [Duration::from_millis(250); 4]);
        assert!(matches!(call(|| Ok(1)), Err(Fault::CircuitOpen(_))), "no such error degrades");
        let names = events.names();
        assert_eq!(names.iter().filter(|name| *name == "retry").count(), 4, "{names:?}");
        assert_eq!(circuit("fragments::call").unwrap().snapshot().calls_in_window, 0);
    });
}

static SHARED: CircuitBreaker = CircuitBreaker::new("fragments::shared").failure_threshold(1);

macro_rules! sharing {
    ($function:ident, $breaker:path, $limit:expr, $pattern:pat) => {
        #[circuit_breaker($breaker)]
        #[retry(max_attempts = 2, backoff = none, on = $pattern)]
        #[timeout($limit)]
        fn $function(ends: fn() -> Result<(), Fault>) -> Result<(), Fault> {
            ends()
        }
    };
}

sharing!(shares, SHARED, "20s", Fault::Connect(_) | Fault::Busy { .. });

#[test]
fn a_breaker_may_be_a_fragment() {
    assert!(shares(|| Err(Fault::connect())).is_err());
    assert!(matches!(shares(|| Ok(())), Err(Fault::CircuitOpen(_))));
}
