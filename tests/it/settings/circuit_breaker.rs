//! The settings of `#[circuit_breaker]`.

use std::time::Duration;

use resilient::{CircuitState, circuit, circuit_breaker, retry};

use crate::support::{Fault, virtually};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn each_setting_does_what_it_says() {
    super::shown(
        resilient::__private::ide::names::circuit_breaker,
        &[
            ("name", name),
            ("failure_threshold", failure_threshold),
            ("failure_rate", failure_rate),
            ("window", window),
            ("minimum_calls", minimum_calls),
            ("slow_call", slow_call),
            ("slow_call_rate", slow_call_rate),
            ("recovery_timeout", recovery_timeout),
            ("max_recovery_timeout", max_recovery_timeout),
            ("half_open_max_calls", half_open_max_calls),
            ("success_threshold", success_threshold),
            ("probe_timeout", probe_timeout),
            ("on", on),
            ("when", when),
            ("otherwise", otherwise),
            ("key", key),
            ("max_keys", max_keys),
            ("per_attempt", per_attempt),
            ("until_end", until_end),
        ],
    );
}

type Answer = Result<(), Fault>;

fn fails() -> Answer {
    Err(Fault::connect())
}

fn refuses() -> Answer {
    Err(Fault::Refused("no".into()))
}

fn is_open(answer: &Answer) -> bool {
    matches!(answer, Err(Fault::CircuitOpen(_)))
}

/// How many calls that end so it takes until one is refused.
fn until_refused(call: impl Fn(Answer) -> Answer, ends: fn() -> Answer) -> Option<usize> {
    (0..50).find(|_| is_open(&call(ends())))
}

/// A function that ends as it is told to, under a breaker with these settings and a name of its own.
macro_rules! guarded {
    ($name:literal $(, $($setting:tt)*)?) => {{
        #[circuit_breaker(name = $name $(, $($setting)*)?)]
        fn call(ends: Answer) -> Answer {
            ends
        }
        call
    }};
}

/// The same for one that runs what it is given.
macro_rules! running {
    ($name:literal $(, $($setting:tt)*)?) => {{
        #[circuit_breaker(name = $name $(, $($setting)*)?)]
        fn call(run: &dyn Fn() -> Answer) -> Answer {
            run()
        }
        call
    }};
}

fn name() {
    let one = guarded!("settings::name", failure_threshold = 1);
    let same = guarded!("settings::name", failure_threshold = 1);
    let other = guarded!("settings::other_name", failure_threshold = 1);
    let _ = one(fails());
    assert!(is_open(&same(Ok(()))) && other(Ok(())).is_ok());
}

fn failure_threshold() {
    assert_eq!(until_refused(guarded!("settings::threshold", failure_threshold = 2), fails), Some(2));
    assert_eq!(until_refused(guarded!("settings::threshold_7", failure_threshold = 7), fails), Some(7));
}

fn failure_rate() {
    let half = guarded!("settings::rate", failure_rate = 0.5, window = 10);
    let all = guarded!("settings::rate_all", failure_rate = 1, window = 10);
    for call in [half as fn(Answer) -> Answer, all] {
        (0..5).for_each(|_| drop(call(Ok(()))));
        (0..5).for_each(|_| drop(call(fails())));
    }
    assert!(is_open(&half(Ok(()))) && all(Ok(())).is_ok());
}

fn window() {
    let four = guarded!("settings::window_4", failure_rate = 0.5, window = 4, minimum_calls = 4);
    let eight = guarded!("settings::window_8", failure_rate = 0.5, window = 8, minimum_calls = 4);
    for call in [four as fn(Answer) -> Answer, eight] {
        (0..4).for_each(|_| drop(call(Ok(()))));
        (0..2).for_each(|_| drop(call(fails())));
    }
    assert!(is_open(&four(Ok(()))) && eight(Ok(())).is_ok());

    virtually(|clock| {
        let short = guarded!("settings::window_10s", failure_rate = 0.5, window = "10s", minimum_calls = 4);
        let long = guarded!("settings::window_60s", failure_rate = 0.5, window = "60s", minimum_calls = 4);
        for call in [short as fn(Answer) -> Answer, long] {
            (0..2).for_each(|_| drop(call(fails())));
        }
        clock.advance(SECOND * 20);
        for call in [short as fn(Answer) -> Answer, long] {
            (0..2).for_each(|_| drop(call(Ok(()))));
        }
        assert!(short(Ok(())).is_ok() && is_open(&long(Ok(()))));
    });
}

fn minimum_calls() {
    let few = guarded!("settings::minimum", failure_rate = 0.1, minimum_calls = 3);
    let more = guarded!("settings::minimum_8", failure_rate = 0.1, minimum_calls = 8);
    assert_eq!((until_refused(few, fails), until_refused(more, fails)), (Some(3), Some(8)));
}

fn slow_call() {
    virtually(|clock| {
        let call = running!("settings::slow_call", slow_call = "2s", slow_call_rate = 1);
        for seconds in [1, 2, 3] {
            let _ = call(&|| {
                clock.advance(SECOND * seconds);
                Ok(())
            });
        }
        assert_eq!(circuit("settings::slow_call").unwrap().snapshot().slow_calls_in_window, 1);
    });
}

fn slow_call_rate() {
    virtually(|clock| {
        let half = running!("settings::slow_rate", slow_call = "1s", slow_call_rate = 0.5, window = 10);
        let all = running!("settings::slow_rate_all", slow_call = "1s", slow_call_rate = 1, window = 10);
        for call in [half as fn(&dyn Fn() -> Answer) -> Answer, all] {
            for seconds in [0, 2, 0, 2, 0, 2, 0, 2, 0, 2] {
                let _ = call(&|| {
                    clock.advance(SECOND * seconds);
                    Ok(())
                });
            }
        }
        assert!(is_open(&half(&|| Ok(()))) && all(&|| Ok(())).is_ok());
    });
}

fn recovery_timeout() {
    virtually(|clock| {
        let call = guarded!("settings::recovery", failure_threshold = 1, recovery_timeout = "7s");
        let _ = call(fails());
        clock.advance(SECOND * 6);
        assert!(is_open(&call(Ok(()))));
        clock.advance(SECOND);
        assert!(call(Ok(())).is_ok());
    });
}

fn max_recovery_timeout() {
    virtually(|clock| {
        let call = guarded!(
            "settings::max_recovery",
            failure_threshold = 1,
            recovery_timeout = "7s",
            max_recovery_timeout = "10s"
        );
        for seconds in [7, 10, 10] {
            assert!(!is_open(&call(fails())));
            clock.advance(SECOND * (seconds - 1));
            assert!(is_open(&call(Ok(()))), "{seconds}");
            clock.advance(SECOND);
        }
    });
}

/// How many calls can be inside one another on a circuit whose time to be probed has come.
fn probes_at_once(call: fn(&dyn Fn() -> Answer) -> Answer) -> usize {
    fn nest(call: fn(&dyn Fn() -> Answer) -> Answer, depth: usize) -> usize {
        let deepest = std::cell::Cell::new(depth);
        let _ = call(&|| {
            deepest.set(nest(call, depth + 1));
            Ok(())
        });
        deepest.get()
    }
    virtually(|clock| {
        let _ = call(&fails);
        clock.advance(SECOND * 30);
        nest(call, 0)
    })
}

fn half_open_max_calls() {
    let default = running!("settings::probes_1", failure_threshold = 1);
    let three =
        running!("settings::probes_3", failure_threshold = 1, half_open_max_calls = 3, success_threshold = 3);
    assert_eq!((probes_at_once(default), probes_at_once(three)), (1, 3));
}

fn success_threshold() {
    virtually(|clock| {
        let call = guarded!("settings::successes", failure_threshold = 1, success_threshold = 2);
        let circuit = || circuit("settings::successes").unwrap().state();
        let _ = call(fails());
        clock.advance(SECOND * 30);
        call(Ok(())).unwrap();
        assert_eq!(circuit(), CircuitState::HalfOpen);
        call(Ok(())).unwrap();
        assert_eq!(circuit(), CircuitState::Closed);
    });
}

fn probe_timeout() {
    virtually(|clock| {
        let call = running!("settings::probe_timeout", failure_threshold = 1, probe_timeout = "3s");
        for (seconds, then) in [(3, CircuitState::HalfOpen), (2, CircuitState::Closed)] {
            let _ = call(&fails);
            clock.advance(SECOND * 30);
            let _ = call(&|| {
                clock.advance(SECOND * seconds);
                Ok(())
            });
            assert_eq!(circuit("settings::probe_timeout").unwrap().state(), then, "{seconds}");
        }
    });
}

fn on() {
    let call = guarded!("settings::on", failure_threshold = 1, on = Fault::Connect);
    assert_eq!((until_refused(call, refuses), until_refused(call, fails)), (None, Some(1)));
}

fn when() {
    let call =
        guarded!("settings::when", failure_threshold = 1, when = |error| matches!(error, Fault::Refused(_)));
    assert_eq!((until_refused(call, fails), until_refused(call, refuses)), (None, Some(1)));
}

fn otherwise() {
    let success =
        guarded!("settings::success", failure_threshold = 2, on = Fault::Connect, otherwise = success);
    let neutral =
        guarded!("settings::neutral", failure_threshold = 2, on = Fault::Connect, otherwise = neutral);
    for call in [success as fn(Answer) -> Answer, neutral] {
        for ends in [fails(), refuses(), fails()] {
            let _ = call(ends);
        }
    }
    assert!(success(Ok(())).is_ok() && is_open(&neutral(Ok(()))));
}

fn key() {
    #[circuit_breaker(name = "settings::key", failure_threshold = 1, key = host)]
    fn call(host: &str, ends: Answer) -> Answer {
        ends
    }
    let _ = call("a", fails());
    assert!(is_open(&call("a", Ok(()))) && call("b", Ok(())).is_ok());
}

fn max_keys() {
    #[circuit_breaker(name = "settings::max_keys", failure_threshold = 2, key = host, max_keys = 1)]
    fn of_one(host: u32, ends: Answer) -> Answer {
        ends
    }
    #[circuit_breaker(name = "settings::max_keys_9", failure_threshold = 2, key = host, max_keys = 9)]
    fn of_nine(host: u32, ends: Answer) -> Answer {
        ends
    }
    for call in [of_one as fn(u32, Answer) -> Answer, of_nine] {
        let _ = call(0, fails());
        (1..9).for_each(|host| drop(call(host, Ok(()))));
        let _ = call(0, fails());
    }
    assert!(of_one(0, Ok(())).is_ok(), "its first failure was forgotten with it");
    assert!(is_open(&of_nine(0, Ok(()))));
}

fn per_attempt() {
    #[circuit_breaker(name = "settings::calls", failure_threshold = 2)]
    #[retry(max_attempts = 3, backoff = none)]
    fn calls(ends: fn() -> Answer) -> Answer {
        ends()
    }
    #[retry(max_attempts = 3, backoff = none)]
    #[circuit_breaker(name = "settings::attempts", failure_threshold = 2, per_attempt)]
    fn attempts(ends: fn() -> Answer) -> Answer {
        ends()
    }
    assert!(!is_open(&calls(fails)));
    assert!(is_open(&attempts(fails)), "at the third attempt");
}

#[cfg(feature = "stream")]
fn until_end() {
    use futures_util::stream::{BoxStream, StreamExt as _, iter};

    type Items = Result<BoxStream<'static, Answer>, Fault>;
    macro_rules! guarded {
        ($name:literal $(, $setting:tt)*) => {{
            #[circuit_breaker(name = $name, failure_threshold = 1 $(, $setting)*)]
            async fn call() -> Items {
                Ok(iter([fails()]).boxed())
            }
            crate::support::paused(async {
                let items: Vec<Answer> = call().await.unwrap().collect().await;
                (items.len(), circuit($name).unwrap().state())
            })
        }};
    }
    assert_eq!(guarded!("settings::until_setup"), (1, CircuitState::Closed));
    assert_eq!(guarded!("settings::until_end", until_end), (1, CircuitState::Open));
}

/// It is refused, as the cases in `ui-tests` show.
#[cfg(not(feature = "stream"))]
fn until_end() {}
