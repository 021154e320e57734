//! The settings of `#[retry]`.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use resilient::{RetryBudget, RetryConfig, retry};

use crate::support::{Events, Fault, virtually};

#[test]
fn each_setting_does_what_it_says() {
    super::shown(
        resilient::__private::ide::names::retry,
        &[
            ("max_attempts", max_attempts),
            ("max_retries", max_retries),
            ("on", on),
            ("when", when),
            ("until", until),
            ("until_first_item", until_first_item),
            ("backoff", backoff),
            ("base_delay", base_delay),
            ("multiplier", multiplier),
            ("max_delay", max_delay),
            ("max_retry_after", max_retry_after),
            ("jitter", jitter),
            ("budget", budget),
            ("nested", nested),
            ("config", config),
        ],
    );
}

type Answer = Result<u32, Fault>;
type Call = fn(&dyn Fn() -> Answer) -> Answer;

/// A function that ends as it is told to, under a retry with these settings.
macro_rules! guarded {
    ($($setting:tt)*) => {{
        #[retry($($setting)*)]
        fn call(ends: &dyn Fn() -> Answer) -> Answer {
            ends()
        }
        call
    }};
}

fn fails() -> Answer {
    Err(Fault::connect())
}

/// How often it is run in one call that ends so each time, and the delays between.
fn runs(call: Call, ends: fn() -> Answer) -> (u32, Vec<Duration>) {
    virtually(|clock| {
        let runs = Cell::new(0);
        let _ = call(&|| {
            runs.set(runs.get() + 1);
            ends()
        });
        (runs.get(), clock.sleeps())
    })
}

fn seconds(call: Call) -> Vec<f64> {
    runs(call, fails).1.iter().map(Duration::as_secs_f64).collect()
}

fn max_attempts() {
    assert_eq!(runs(guarded!(), fails).0, 3);
    assert_eq!(runs(guarded!(max_attempts = 5), fails).0, 5);
}

fn max_retries() {
    assert_eq!(runs(guarded!(max_retries = 5), fails).0, 6);
    assert_eq!(runs(guarded!(max_retries = 0), fails).0, 1);
}

fn on() {
    let refused = || Err(Fault::Refused("no".into()));
    assert_eq!((runs(guarded!(), refused).0, runs(guarded!(on = Fault::Refused), refused).0), (1, 3));
    assert_eq!(runs(guarded!(on = Fault::Refused), fails).0, 1);
}

fn when() {
    let call = guarded!(when = |error| matches!(error, Fault::Refused(_)));
    assert_eq!((runs(call, || Err(Fault::Refused("no".into()))).0, runs(call, fails).0), (3, 1));
}

fn until() {
    let call = guarded!(until = |value| *value > 7);
    assert_eq!((runs(call, || Ok(7)).0, runs(call, || Ok(8)).0), (3, 1));
}

#[cfg(feature = "stream")]
fn until_first_item() {
    use futures_util::stream::{BoxStream, StreamExt as _, iter};

    type Items = Result<BoxStream<'static, Answer>, Fault>;
    macro_rules! guarded {
        ($($setting:tt)*) => {{
            #[retry(backoff = none $($setting)*)]
            async fn call(opened: &Cell<u32>) -> Items {
                opened.set(opened.get() + 1);
                Ok(iter([fails()]).boxed())
            }
            let opened = Cell::new(0);
            let ended = crate::support::paused(call(&opened));
            (ended.is_err(), opened.get())
        }};
    }
    assert_eq!(guarded!(), (false, 1));
    assert_eq!(guarded!(, until_first_item), (true, 3));
}

/// It is refused, as the cases in `ui-tests` show.
#[cfg(not(feature = "stream"))]
fn until_first_item() {}

fn backoff() {
    let exact = |call| seconds(call);
    assert_eq!(exact(guarded!(max_attempts = 5, jitter = none)), [1.0, 2.0, 4.0, 8.0]);
    assert_eq!(exact(guarded!(max_attempts = 5, jitter = none, backoff = exponential)), [1.0, 2.0, 4.0, 8.0]);
    assert_eq!(exact(guarded!(max_attempts = 5, jitter = none, backoff = linear)), [1.0, 2.0, 3.0, 4.0]);
    assert_eq!(exact(guarded!(max_attempts = 5, jitter = none, backoff = constant)), [1.0; 4]);
    assert_eq!(
        exact(guarded!(max_attempts = 6, jitter = none, backoff = fibonacci)),
        [1.0, 1.0, 2.0, 3.0, 5.0]
    );
    assert_eq!(runs(guarded!(max_attempts = 5, backoff = none), fails), (5, vec![]));
    let drawn = exact(guarded!(max_attempts = 100, backoff = decorrelated));
    assert!(drawn.iter().all(|delay| (1.0..=30.0).contains(delay)));
    assert!(drawn.windows(2).all(|pair| pair[1] <= 3.0 * pair[0]) && drawn.iter().any(|delay| *delay > 10.0));
}

fn base_delay() {
    assert_eq!(seconds(guarded!(base_delay = "250ms", jitter = none)), [0.25, 0.5]);
}

fn multiplier() {
    assert_eq!(seconds(guarded!(multiplier = 3, max_attempts = 4, jitter = none)), [1.0, 3.0, 9.0]);
}

fn max_delay() {
    assert_eq!(seconds(guarded!(max_delay = "1500ms", max_attempts = 4, jitter = none)), [1.0, 1.5, 1.5]);
}

fn max_retry_after() {
    let busy = || Err(Fault::Busy { retry_after: Some(Duration::from_secs(60)) });
    assert_eq!(runs(guarded!(max_retry_after = "59s"), busy).0, 1);
    let (runs, delays) = runs(guarded!(max_retry_after = "60s"), busy);
    assert!(runs == 3 && delays.iter().all(|delay| *delay >= Duration::from_secs(60)), "{delays:?}");
}

fn jitter() {
    for (call, spread) in [
        (guarded!(backoff = constant, max_attempts = 100) as Call, 1.0..=1.1),
        (guarded!(backoff = constant, max_attempts = 100, jitter = 0.5), 1.0..=1.5),
        (guarded!(backoff = constant, max_attempts = 100, jitter = full), 0.0..=1.0),
        (guarded!(backoff = constant, max_attempts = 100, jitter = equal), 0.5..=1.0),
    ] {
        let delays = seconds(call);
        assert!(delays.iter().all(|delay| spread.contains(delay)), "{spread:?}: {delays:?}");
        // Of a hundred that are drawn evenly, some are in the last third and some in the first.
        let third = (spread.end() - spread.start()) / 3.0;
        assert!(delays.iter().any(|delay| *delay > spread.end() - third), "{spread:?}");
        assert!(delays.iter().any(|delay| *delay < spread.start() + third), "{spread:?}");
    }
    assert_eq!(seconds(guarded!(backoff = constant, max_attempts = 4, jitter = none)), [1.0; 3]);
}

static SHARED: RetryBudget = RetryBudget::new("settings::shared").ratio(0.5).min_retries(3);

fn budget() {
    let total = |calls: &[Call]| (0..100).map(|call| runs(calls[call % calls.len()], fails).0).sum::<u32>();
    assert_eq!(total(&[guarded!(max_attempts = 9)]), 900);
    assert_eq!(total(&[guarded!(max_attempts = 9, budget = 0.2)]), 100 + 20 + 10, "its own");
    let (one, other) =
        (guarded!(max_attempts = 9, budget = SHARED), guarded!(max_attempts = 9, budget = SHARED));
    assert_eq!(total(&[one, other]), 100 + 50 + 3, "the two together");

    let (events, _guard) = Events::collect();
    assert_eq!(runs(one, fails).0, 1);
    let gave_up = &events.named("retry_exhausted")[0];
    assert_eq!((gave_up.field("reason"), gave_up.field("budget")), ("budget", "settings::shared"));

    aws();
}

static AWS: RetryBudget = RetryBudget::aws_standard("settings::aws");

/// A success after a retry pays back what the retry took.
fn aws() {
    #[retry(max_attempts = 2, backoff = none, budget = AWS, until = |value| *value > 0)]
    fn call(outcomes: &RefCell<Vec<Answer>>) -> Answer {
        outcomes.borrow_mut().remove(0)
    }
    let left = |outcomes: Vec<Answer>| {
        let _ = call(&RefCell::new(outcomes));
        AWS.available()
    };
    assert_eq!(left(vec![fails(), fails()]), 99);
    assert_eq!(left(vec![fails(), Ok(1)]), 99);
    assert_eq!(left(vec![Ok(0), Ok(1)]), 99);
    assert_eq!(left(vec![Ok(0), Ok(0)]), 98);
    assert_eq!((0..10).map(|_| left(vec![Ok(1)])).max(), Some(100));
}

fn nested() {
    #[retry(max_attempts = 3, backoff = none)]
    fn reports(ends: &dyn Fn() -> Answer) -> Answer {
        ends()
    }
    #[retry(max_attempts = 3, backoff = none, nested = "collapse")]
    fn collapses(ends: &dyn Fn() -> Answer) -> Answer {
        ends()
    }
    #[retry(max_attempts = 3, backoff = none)]
    fn around(inner: Call, ends: &dyn Fn() -> Answer) -> Answer {
        inner(ends)
    }
    let inner_runs = |inner: Call| {
        let runs = Cell::new(0);
        let _ = around(inner, &|| {
            runs.set(runs.get() + 1);
            fails()
        });
        runs.get()
    };
    assert_eq!(inner_runs(reports), 3 * 3);
    let (events, _guard) = Events::collect();
    assert_eq!(inner_runs(collapses), 3 + 1 + 1);
    let reasons: Vec<String> =
        events.named("retry_exhausted").iter().map(|event| event.field("reason").to_owned()).collect();
    assert_eq!(reasons, ["max_attempts", "nested", "nested", "max_attempts"]);
    assert_eq!(events.named("nested_retry"), [], "nothing multiplies");
}

fn config() {
    #[retry(config = *config, budget = 0.1, nested = collapse)]
    fn call(config: &RetryConfig, ends: &dyn Fn() -> Answer) -> Answer {
        ends()
    }
    let config =
        RetryConfig { max_attempts: 7, base_delay: Duration::from_millis(1), ..RetryConfig::default() };
    let total = |calls: u32| {
        let runs = Cell::new(0);
        for _ in 0..calls {
            let _ = virtually(|_| {
                call(&config, &|| {
                    runs.set(runs.get() + 1);
                    fails()
                })
            });
        }
        runs.get()
    };
    assert_eq!((total(1), total(99)), (7, 99 + 4 + 10));
}
