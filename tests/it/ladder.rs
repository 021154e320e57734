//! The whole ladder of a fallback: partial results one after the other, the last good value, a safe value,
//! the error; what each step tells, and that a success takes none of them.

use std::error::Error as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use resilient::{Served, Tier, circuit_breaker, fallback, retry, timeout};

#[cfg(feature = "cache")]
use crate::support::{Event, virtually};
use crate::support::{Events, Fault, Service, Step, paused};

/// The service, two mirrors of it, and whether there is a safe value.
struct Shop {
    service: Service,
    mirrors: [Service; 2],
    defaults: AtomicUsize,
}

impl Shop {
    fn new(service: &[Step], mirrors: [&[Step]; 2]) -> Self {
        let mirrors = mirrors.map(|steps| Service::new(steps, None));
        Self { service: Service::new(service, None), mirrors, defaults: AtomicUsize::new(0) }
    }

    /// What each of them was asked for so far: service, mirrors, safe value.
    fn asked(&self) -> [usize; 4] {
        let [first, second] = &self.mirrors;
        [self.service.calls(), first.calls(), second.calls(), self.defaults.load(Ordering::SeqCst)]
    }

    fn safe(&self) -> u32 {
        self.defaults.fetch_add(1, Ordering::SeqCst);
        0
    }

    async fn second(&self) -> Result<Served<u32>, Fault> {
        Ok(self.mirrors[1].call_async().await?.into())
    }
}

const MINUTE: Duration = Duration::from_secs(60);

#[cfg(feature = "cache")]
fn told(event: &Event) -> (&str, &str) {
    (event.name.as_str(), event.field("tier"))
}

#[cfg(feature = "cache")]
#[fallback(
    degraded = (|_| Ok(shop.mirrors[0].call()?.into()), |_| Ok(shop.mirrors[1].call()?.into())),
    cached(max_age = "10m"),
    default = shop.safe(),
    reason = "the shop is away"
)]
fn price(shop: &Shop) -> Result<Served<u32>, Fault> {
    Ok(shop.service.call()?.into())
}

#[cfg(feature = "cache")]
#[test]
fn each_step_is_taken_when_those_before_it_failed_and_says_so() {
    const ANSWER: Step = Step::Answer(1);
    virtually(|clock| {
        let full = Shop::new(&[ANSWER], [&[ANSWER]; 2]);
        assert_eq!(price(&full).unwrap(), Served::from(1));
        assert_eq!(full.asked(), [1, 0, 0, 0], "a success takes no step");
        for (mirrors, tier, value, asked) in [
            ([[Step::Answer(2)], [Step::Answer(3)]], Tier::Degraded, 2, [1, 1, 0, 0]),
            ([[Step::Refuse], [Step::Answer(3)]], Tier::Degraded, 3, [1, 1, 1, 0]),
            ([[Step::Refuse], [Step::Refuse]], Tier::Cached, 1, [1, 1, 1, 0]),
        ] {
            let shop = Shop::new(&[Step::Fail], [&mirrors[0], &mirrors[1]]);
            let served = price(&shop).unwrap();
            let how = served.degradation().unwrap();
            assert_eq!((*served, how.tier, shop.asked()), (value, tier, asked));
            assert_eq!((how.reason, how.error.as_str()), (Some("the shop is away"), "no connection"));
        }
        clock.advance(MINUTE * 11);
        let (events, _guard) = Events::collect();
        let shop = Shop::new(&[Step::Fail], [&[Step::Refuse]; 2]);
        let served = price(&shop).unwrap();
        assert_eq!((*served, served.degradation().unwrap().tier), (0, Tier::Default));
        assert_eq!(shop.asked(), [1, 1, 1, 1]);
        let events = events.all();
        let steps = [("tier_failed", "degraded"), ("tier_failed", "degraded"), ("tier_failed", "cached")];
        assert_eq!(
            events.iter().map(told).collect::<Vec<_>>(),
            [&steps[..], &[("degraded", "default")]].concat()
        );
        for event in &events {
            assert_eq!((event.field("operation"), event.field("error")), ("price", "no connection"));
        }
        assert_eq!(events[1].field("tier_error"), "refused: no", "and what became of the tier itself");
        assert_eq!([0, 1].map(|event: usize| events[event].field("number")), ["1", "2"]);
        assert_eq!(["age_s", "max_age_s"].map(|age| events[2].field(age)), ["660.0", "600.0"]);
        assert_eq!(events[3].field("reason"), "the shop is away");
    });
}

async fn passes_it_on(error: Fault) -> Result<Served<u32>, Fault> {
    tokio::task::yield_now().await;
    Err(error)
}

fn passes_it_on_at_once(error: Fault) -> Result<Served<u32>, Fault> {
    Err(error)
}

#[fallback(
    degraded = passes_it_on,
    degraded = passes_it_on_at_once,
    degraded = |error: Fault| passes_it_on(Fault::Refused(error.to_string().replace("refused: ", ""))),
    degraded = |error| async move { if error.to_string() == note { Ok(9.into()) } else { Err(error) } },
    degraded = async |error| { let _ = (&error, shop.mirrors[0].call_async().await?); Err(error) },
    degraded = (|_| shop.second(), Err),
    default = shop.safe(),
    when = |error| !matches!(error, Fault::Timeout(_))
)]
#[retry(max_attempts = 2, base_delay = "1s")]
#[timeout("5s")]
async fn price_async(shop: &Shop, note: String) -> Result<Served<u32>, Fault> {
    assert!(!note.is_empty());
    Ok(shop.service.call_async().await?.into())
}

#[test]
fn tiers_of_async_functions_may_await_and_need_not() {
    const REFUSE: &[Step] = &[Step::Refuse];
    paused(async {
        let (events, _guard) = Events::collect();
        let shop = Shop::new(&[Step::Answer(1), Step::Refuse], [&[Step::Answer(2)], &[Step::Answer(3)]]);
        assert_eq!(price_async(&shop, "x".into()).await.unwrap(), Served::from(1));
        assert_eq!((shop.asked(), events.all().len()), ([1, 0, 0, 0], 0));
        let served = price_async(&shop, "refused: no".into()).await.unwrap();
        assert_eq!((*served, shop.asked()), (9, [2, 0, 0, 0]), "a tier names what the body took away");
        let served = price_async(&shop, "x".into()).await.unwrap();
        assert_eq!((*served, shop.asked()), (3, [3, 1, 1, 0]));
        assert_eq!(events.named("tier_failed").len(), 3 + 5);

        let shop = Shop::new(REFUSE, [REFUSE, REFUSE]);
        let served = price_async(&shop, "x".into()).await.unwrap();
        assert_eq!((*served, shop.asked()), (0, [1, 1, 1, 1]));
        assert_eq!(served.degradation().unwrap().error, "refused: no");

        let shop = Shop::new(&[Step::Hang], [REFUSE; 2]);
        assert!(matches!(price_async(&shop, "x".into()).await, Err(Fault::Timeout(_))));
        assert_eq!(shop.asked(), [2, 0, 0, 0], "an error that is not selected takes no step");
    });
}

#[test]
fn a_function_with_async_tiers_can_be_sent_and_dropped_while_one_waits() {
    #[fallback(degraded = async |_| { tokio::time::sleep(MINUTE).await; Ok(7.into()) })]
    async fn slow(service: Service) -> Result<Served<u32>, Fault> {
        Ok(service.call_async().await?.into())
    }
    paused(async {
        let service = Service::new(&[Step::Fail], None);
        let sent = tokio::spawn(slow(service.clone()));
        assert_eq!(*sent.await.unwrap().unwrap(), 7);
        let dropped = tokio::time::timeout(MINUTE / 2, slow(service.clone())).await;
        assert!(dropped.is_err(), "the tier was waiting");
        assert_eq!(service.calls(), 2, "and nothing was called again");
    });
}

/// What a mirror makes of an error, and what it was before.
#[derive(Debug, thiserror::Error)]
enum Lost {
    #[error("the service is away")]
    Service,
    #[error("the mirror is away, too")]
    Mirror(#[source] Box<Lost>),
}

#[test]
fn when_everything_fails_the_error_is_the_last_tiers_and_the_first_is_told_and_reachable() {
    #[fallback(degraded = |error| Err(Lost::Mirror(Box::new(error))), degraded = Err, reason = "spring tide")]
    fn nothing_helps() -> Result<Served<u32>, Lost> {
        Err(Lost::Service)
    }
    let (events, _guard) = Events::collect();
    let error = nothing_helps().unwrap_err();
    assert_eq!(error.to_string(), "the mirror is away, too");
    assert_eq!(error.source().unwrap().to_string(), "the service is away");
    assert_eq!(events.names(), ["tier_failed", "tier_failed", "fallback_exhausted"]);
    let last = &events.all()[2];
    let fields = ["operation", "reason", "error", "last_error"].map(|name| last.field(name).to_owned());
    assert_eq!(fields, ["nothing_helps", "spring tide", "the service is away", "the mirror is away, too"]);
}

#[test]
fn a_tier_that_serves_a_default_itself_does_not_look_better_than_that() {
    #[fallback(default = 5, reason = "the mirror is away")]
    fn mirror() -> Result<Served<u32>, Fault> {
        Err(Fault::connect())
    }
    #[fallback(degraded = |_| mirror(), reason = "the service is away")]
    fn guarded() -> Result<Served<u32>, Fault> {
        Err(Fault::Refused("x".into()))
    }
    let how = guarded().unwrap().degradation().cloned().unwrap();
    assert_eq!((how.tier, how.reason), (Tier::Default, Some("the mirror is away")));
}

#[test]
fn a_tier_may_have_policies_of_its_own_which_bound_what_a_bad_day_asks_of_it() {
    #[circuit_breaker(name = "ladder::mirror", failure_threshold = 3, recovery_timeout = "1h")]
    fn mirror(mirror: &Service) -> Result<Served<u32>, Fault> {
        Ok(mirror.call()?.into())
    }
    #[fallback(degraded = |_| mirror(second), default = 1)]
    #[circuit_breaker(name = "ladder::first", failure_threshold = 5, recovery_timeout = "1h")]
    fn guarded(first: &Service, second: &Service) -> Result<Served<u32>, Fault> {
        Ok(first.call()?.into())
    }
    let (events, _guard) = Events::collect();
    let [first, second] = [(); 2].map(|()| Service::new(&[Step::Fail], None));
    for call in 0..100 {
        assert_eq!(*guarded(&first, &second).unwrap(), 1, "call {call}");
    }
    assert_eq!((first.calls(), second.calls()), (5, 3), "the fallback hides no failure from a breaker");
    let failed = events.named("tier_failed");
    let refused = failed.iter().filter(|event| event.field("tier_error").contains("is open"));
    assert_eq!((failed.len(), refused.count()), (100, 97), "what it refuses has an error of its own");
}

#[test]
fn a_tier_that_panics_does_so_once_and_the_breaker_knows_of_the_failure_before() {
    static TIERS: AtomicUsize = AtomicUsize::new(0);
    #[fallback(degraded = |_: Fault| { TIERS.fetch_add(1, Ordering::SeqCst); panic!("in the tier") }, default = 1)]
    #[circuit_breaker(name = "ladder::panics", failure_threshold = 2)]
    fn guarded(service: &Service) -> Result<Served<u32>, Fault> {
        Ok(service.call()?.into())
    }
    let service = Service::new(&[Step::Fail], None);
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| guarded(&service))).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"in the tier"));
    assert_eq!((service.calls(), TIERS.load(Ordering::SeqCst)), (1, 1));
    assert_eq!(resilient::circuit("ladder::panics").unwrap().snapshot().consecutive_failures, 1);
}

#[test]
fn a_legitimate_empty_value_is_a_value() {
    #[fallback(degraded = |_| Ok(None.into()), default = Some(1))]
    fn nothing() -> Result<Served<Option<u32>>, Fault> {
        Err(Fault::connect())
    }
    #[fallback(degraded = async |_| Ok(Vec::new().into()), default = vec![1])]
    async fn no_items() -> Result<Served<Vec<u32>>, Fault> {
        Err(Fault::connect())
    }
    #[fallback(default = ())]
    fn unit() -> Result<Served<()>, Fault> {
        Err(Fault::connect())
    }
    assert_eq!(*nothing().unwrap(), None);
    assert_eq!(*paused(no_items()).unwrap(), [0_u32; 0]);
    assert_eq!(*unit().unwrap(), ());
}
