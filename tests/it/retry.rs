//! `#[retry]` from the outside: how often, after how long, on what. The arithmetic of delays is tested
//! in the runtime.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use resilient::{BackoffShape, Jitter, RetryConfig, retry};

use crate::support::{Events, Fault, Service, Step, paused, virtually};

/// The delays in milliseconds of a function that always fails.
macro_rules! delays {
    ($($settings:tt)*) => {{
        #[retry($($settings)*)]
        fn guarded() -> Result<(), Fault> {
            Err(Fault::connect())
        }
        virtually(|clock| {
            assert!(guarded().is_err());
            clock.sleeps().iter().map(Duration::as_millis).collect::<Vec<_>>()
        })
    }};
}

#[test]
fn every_shape_of_backoff_is_slept_as_written() {
    assert_eq!(delays!(max_attempts = 4, jitter = none, base_delay = "100ms"), [100, 200, 400]);
    assert_eq!(
        delays!(max_attempts = 4, jitter = none, base_delay = "100ms", multiplier = 3),
        [100, 300, 900]
    );
    assert_eq!(
        delays!(max_attempts = 4, jitter = none, base_delay = 0.1, backoff = exponential, max_delay = "0.3s"),
        [100, 200, 300]
    );
    assert_eq!(
        delays!(max_attempts = 4, jitter = none, base_delay = "100ms", backoff = linear),
        [100, 200, 300]
    );
    assert_eq!(
        delays!(max_attempts = 4, jitter = none, base_delay = "100ms", backoff = constant),
        [100, 100, 100]
    );
    assert_eq!(
        delays!(max_attempts = 7, jitter = none, base_delay = "100ms", backoff = fibonacci),
        [100, 100, 200, 300, 500, 800]
    );
    assert_eq!(delays!(max_attempts = 4, backoff = none), [] as [u128; 0]);
}

#[test]
fn jitter_keeps_to_its_range() {
    for _ in 0..50 {
        let full = delays!(max_attempts = 2, base_delay = "100ms", jitter = full);
        assert!(full.iter().all(|delay| *delay <= 100), "{full:?}");
        let equal = delays!(max_attempts = 2, base_delay = "100ms", jitter = equal);
        assert!(equal.iter().all(|delay| (50..=100).contains(delay)), "{equal:?}");
        let ratio = delays!(max_attempts = 2, base_delay = "100ms", jitter = 0.5);
        assert!(ratio.iter().all(|delay| (100..=150).contains(delay)), "{ratio:?}");
        let decorrelated = delays!(max_attempts = 3, base_delay = "100ms", backoff = decorrelated);
        assert!(decorrelated.iter().all(|delay| (100..=900).contains(delay)), "{decorrelated:?}");
    }
}

#[test]
fn retries_and_attempts_count_as_their_names_say() {
    assert_eq!(delays!(max_retries = 0), [] as [u128; 0]);
    assert_eq!(delays!(max_retries = 2).len(), 2);
    assert_eq!(delays!(max_attempts = 1), [] as [u128; 0]);
    assert_eq!(delays!(max_attempts = 100, base_delay = "1ms").len(), 99);
}

const SHORT: Duration = Duration::from_millis(5);

struct Client {
    delay: Duration,
    config: RetryConfig,
}

impl Client {
    #[retry(base_delay = self.delay, jitter = none)]
    fn by_field(&self) -> Result<(), Fault> {
        Err(Fault::connect())
    }

    #[retry(config = self.config, on = any)]
    fn by_config(&self) -> Result<(), Fault> {
        Err(Fault::Refused(String::new()))
    }
}

#[test]
fn settings_may_come_from_constants_and_values() {
    assert_eq!(delays!(base_delay = SHORT, jitter = none), [5, 10]);
    assert_eq!(delays!(base_delay = Duration::from_millis(7), jitter = none), [7, 14]);
    let config = RetryConfig {
        max_attempts: 4,
        base_delay: Duration::from_millis(3),
        backoff: BackoffShape::Constant,
        jitter: Jitter::None,
        ..RetryConfig::default()
    };
    let client = Client { delay: Duration::from_millis(9), config };
    virtually(|clock| {
        assert!(client.by_field().is_err());
        assert_eq!(clock.sleeps(), [9, 18].map(Duration::from_millis));
    });
    virtually(|clock| {
        assert!(client.by_config().is_err());
        assert_eq!(clock.sleeps(), [Duration::from_millis(3); 3]);
    });
}

#[test]
fn absurd_values_at_run_time_are_defined() {
    let config = RetryConfig {
        max_attempts: 0,
        multiplier: f64::NAN,
        jitter: Jitter::Ratio(f64::INFINITY),
        ..RetryConfig::default()
    };
    let client = Client { delay: Duration::ZERO, config };
    virtually(|clock| {
        assert!(client.by_field().is_err());
        assert!(client.by_config().is_err(), "no attempts at all count as one");
        assert_eq!(clock.elapsed(), Duration::ZERO);
    });
    let endless = Client { delay: Duration::MAX, config };
    virtually(|clock| {
        assert!(endless.by_field().is_err());
        assert_eq!(clock.sleeps(), [Duration::from_secs(30); 2], "the cap holds");
    });
}

#[retry(max_attempts = 3, max_retry_after = "10s", max_delay = "2s", jitter = none)]
async fn hinted(seconds: u64, calls: &AtomicU32) -> Result<(), Fault> {
    calls.fetch_add(1, Ordering::SeqCst);
    Err(Fault::Busy { retry_after: Some(Duration::from_secs(seconds)) })
}

#[test]
fn a_hint_is_a_floor_and_one_that_is_too_long_ends_the_retrying() {
    paused(async {
        for (hint, calls, waited) in [(5, 3, 10), (10, 3, 20), (0, 3, 3), (11, 1, 0), (u64::MAX, 1, 0)] {
            let (events, _guard) = Events::collect();
            let counter = AtomicU32::new(0);
            let started = tokio::time::Instant::now();
            assert!(matches!(hinted(hint, &counter).await, Err(Fault::Busy { .. })), "the last error itself");
            assert_eq!(counter.load(Ordering::SeqCst), calls, "{hint} s");
            assert_eq!(started.elapsed(), Duration::from_secs(waited), "{hint} s");
            let reason = events.named("retry_exhausted")[0].field("reason").to_owned();
            assert_eq!(reason, if hint > 10 { "max_retry_after" } else { "max_attempts" });
        }
    });
}

#[retry(max_attempts = 4, until = |job: &u32| *job >= 3)]
fn polled(calls: &mut u32) -> Result<u32, Fault> {
    *calls += 1;
    Ok(*calls)
}

#[retry(max_attempts = 2, until = |job| *job >= 3)]
fn polled_in_vain(calls: &mut u32) -> Result<u32, Fault> {
    *calls += 1;
    Ok(*calls)
}

#[retry(max_attempts = 5)]
async fn found(calls: &mut u32) -> Option<u32> {
    *calls += 1;
    (*calls > 2).then_some(*calls)
}

#[retry(max_attempts = 5, until = |ready| *ready)]
fn ready(calls: &mut u32) -> bool {
    *calls += 1;
    *calls == 4
}

#[retry(max_attempts = 3, until = Vec::is_empty)]
fn drained(queue: &mut Vec<u32>) -> Option<Vec<u32>> {
    queue.pop()?;
    Some(queue.clone())
}

#[test]
fn values_are_tried_again_until_they_satisfy() {
    virtually(|_| {
        assert!(matches!(polled(&mut 0), Ok(3)));
        assert!(matches!(polled_in_vain(&mut 0), Ok(2)), "the last value is returned");
        assert!(ready(&mut 0));
        assert_eq!(drained(&mut vec![1, 2]), Some(vec![]));
    });
    paused(async { assert_eq!(found(&mut 0).await, Some(3)) });
}

#[test]
fn every_retry_is_told_with_attempt_and_delay() {
    #[retry(max_attempts = 3, base_delay = "2s", jitter = none)]
    fn told(secret: &str) -> Result<(), Fault> {
        let _ = secret;
        Err(Fault::connect())
    }
    virtually(|_| {
        let (events, _guard) = Events::collect();
        assert!(told("SECRET-7f3").is_err());
        let all = events.all();
        let seen: Vec<_> = all
            .iter()
            .map(|event| {
                ["operation", "attempt", "max_attempts", "delay_s", "error"].map(|name| event.field(name))
            })
            .collect();
        assert_eq!(
            seen,
            [
                ["told", "1", "3", "2.0", "no connection"],
                ["told", "2", "3", "4.0", "no connection"],
                ["told", "3", "3", "", "no connection"]
            ]
        );
        assert!(!format!("{all:?}").contains("SECRET"), "arguments are never recorded");
    });
}

#[test]
fn errors_that_cannot_be_shown_are_told_by_name() {
    struct Opaque;
    #[derive(Debug)]
    struct DebugOnly;
    #[retry(max_attempts = 2, on = any)]
    fn opaque() -> Result<(), Opaque> {
        Err(Opaque)
    }
    #[retry(max_attempts = 2, on = any)]
    fn debug_only() -> Result<(), DebugOnly> {
        Err(DebugOnly)
    }
    virtually(|_| {
        let (events, _guard) = Events::collect();
        assert!(opaque().is_err());
        assert!(debug_only().is_err());
        let told: Vec<_> =
            events.named("retry").iter().map(|event| event.field("error").to_owned()).collect();
        assert!(told[0].ends_with("Opaque"), "{told:?}");
        assert_eq!(told[1], "DebugOnly");
    });
}

#[test]
fn a_dropped_call_makes_no_further_attempts() {
    #[retry(max_attempts = 5)]
    async fn failing(service: &Service) -> Result<u32, Fault> {
        service.call_async().await
    }
    paused(async {
        let service = Service::new(&[Step::Fail], None);
        let call = tokio::time::timeout(Duration::from_millis(1_500), failing(&service));
        assert!(call.await.is_err());
        let calls = service.calls();
        tokio::time::sleep(Duration::from_secs(100)).await;
        assert_eq!((calls, service.calls()), (2, 2));
    });
}

#[test]
fn a_failed_attempt_is_dropped_before_its_delay() {
    struct Connection(std::rc::Rc<std::cell::Cell<u32>>);
    impl Drop for Connection {
        fn drop(&mut self) {
            self.0.set(self.0.get() - 1);
        }
    }
    #[retry(max_attempts = 3, until = |_| open.get() == 0)]
    fn connected(open: &std::rc::Rc<std::cell::Cell<u32>>, most: &mut u32) -> Result<Connection, Fault> {
        open.set(open.get() + 1);
        *most = open.get().max(*most);
        Ok(Connection(std::rc::Rc::clone(open)))
    }
    virtually(|_| {
        let mut most = 0;
        drop(connected(&std::rc::Rc::default(), &mut most));
        assert_eq!(most, 1, "never two at once");
    });
}

#[test]
fn panics_pass_through_unchanged() {
    #[retry(max_attempts = 5)]
    fn panics(calls: &AtomicU32) -> Result<(), Fault> {
        calls.fetch_add(1, Ordering::SeqCst);
        std::panic::resume_unwind(Box::new(42_u32))
    }
    let calls = AtomicU32::new(0);
    let payload = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| panics(&calls))).unwrap_err();
    assert_eq!((payload.downcast_ref::<u32>(), calls.load(Ordering::SeqCst)), (Some(&42), 1));
}

#[test]
fn while_one_call_waits_others_go_on() {
    #[retry(max_attempts = 2, jitter = none)]
    async fn call() -> Result<(), Fault> {
        Err(Fault::connect())
    }
    let ticks = paused(async {
        let mut ticks = 0_u32;
        let ticker = async {
            loop {
                tokio::time::sleep(Duration::from_millis(1)).await;
                ticks += 1;
            }
        };
        tokio::select! {
            outcome = call() => drop(outcome),
            () = ticker => {}
        }
        ticks
    });
    assert!(ticks >= 900, "{ticks} in the second of its delay");
}

#[test]
fn calls_on_many_threads_and_calls_inside_one_another_count_their_own_attempts() {
    /// Fails until its third attempt, in which it calls itself.
    #[retry(max_attempts = 3, backoff = none)]
    fn call(depth: u32, attempts: &RefCell<Vec<(u32, u32)>>) -> Result<u32, Fault> {
        let of_this = |seen: &&(u32, u32)| seen.0 == depth;
        let attempt = u32::try_from(attempts.borrow().iter().filter(of_this).count()).unwrap() + 1;
        attempts.borrow_mut().push((depth, attempt));
        match (attempt, depth) {
            (1 | 2, _) => Err(Fault::connect()),
            (_, 0) => Ok(0),
            _ => Ok(call(depth - 1, attempts)? + 1),
        }
    }
    std::thread::scope(|scope| {
        for _ in 0..32 {
            scope.spawn(|| {
                let attempts = RefCell::new(Vec::new());
                assert_eq!(call(4, &attempts).unwrap(), 4);
                let expected: Vec<_> =
                    (0..=4).rev().flat_map(|depth| [1, 2, 3].map(|n| (depth, n))).collect();
                assert_eq!(attempts.into_inner(), expected);
            });
        }
    });
}
