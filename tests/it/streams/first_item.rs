//! `#[retry(until_first_item)]`: what the first item says of an attempt.

use std::time::Duration;

use futures_util::StreamExt as _;
use resilient::{
    CircuitBreaker, CircuitState, Degradable as _, Degradation, RetryBudget, RetryConfig, Served, Tier,
    circuit_breaker, deadline, fallback, retry, timeout,
};
use tokio::time::Instant;

use super::{After, Busy, Item, Items, Lost, Refused, Silence, Source, lost, read, refused};
use crate::support::{Events, Fault, paused};

#[retry(jitter = none)]
async fn setup(source: &Source) -> Result<Items, Fault> {
    Ok(source.open().boxed())
}

#[retry(jitter = none, until_first_item)]
async fn chat(source: &Source) -> Result<Items, Fault> {
    Ok(source.open().boxed())
}

#[test]
fn without_it_items_are_the_callers() {
    paused(async {
        for script in [&[Lost][..], &[Item(1), Lost, Item(2)]] {
            let source = Source::new(&[script]);
            let items: Vec<_> = setup(&source).await.unwrap().collect().await;
            assert_eq!((source.opened(), items.len()), (1, script.len()), "{script:?}");
            assert!(items.iter().any(Result::is_err));
        }
    });
}

#[test]
fn an_error_before_the_first_item_is_tried_again() {
    paused(async {
        let (events, _guard) = Events::collect();
        let source = Source::new(&[&[Lost, Item(7)], &[After(500), Lost], &[After(250), Item(1), Item(2)]]);
        let start = Instant::now();
        let items = chat(&source).await.unwrap();
        assert_eq!(start.elapsed(), Duration::from_millis(500 + 250) + Duration::from_secs(1 + 2));
        assert_eq!((source.opened(), source.held()), (3, 1), "what failed is gone");
        assert_eq!(items.size_hint(), (1, Some(2)), "the first is in front");
        assert_eq!(read(items).await, [Ok(1), Ok(2)]);
        assert_eq!(events.names(), ["retry", "retry"]);
        assert_eq!(events.all()[0].field("error"), lost());
    });
}

#[test]
fn what_follows_the_first_item_is_the_callers() {
    paused(async {
        let source = Source::new(&[&[Item(1), Lost, Item(2)]]);
        assert_eq!(read(chat(&source).await.unwrap()).await, [Ok(1), Err(lost()), Ok(2)]);
        let empty = Source::new(&[&[After(9)]]);
        assert_eq!(read(chat(&empty).await.unwrap()).await, []);
        assert_eq!((source.opened(), empty.opened()), (1, 1));
    });
}

#[test]
fn it_is_judged_like_any_other_error() {
    #[retry(backoff = none, until_first_item, on = Fault::Refused)]
    async fn on(source: &Source) -> Result<Items, Fault> {
        Ok(source.open().boxed())
    }
    #[retry(backoff = none, until_first_item, when = |error| matches!(error, Fault::Busy { .. }))]
    async fn when(source: &Source) -> Result<Items, Fault> {
        Ok(source.open().boxed())
    }
    static BUDGET: RetryBudget = RetryBudget::new("first_item").ratio(0.001).min_retries(1);
    #[retry(backoff = none, until_first_item, budget = BUDGET)]
    async fn within_budget(source: &Source) -> Result<Items, Fault> {
        Ok(source.open().boxed())
    }
    paused(async {
        for (script, by_itself, by_on, by_when) in [(Lost, 3, 1, 1), (Refused, 1, 3, 1), (Busy(0), 3, 1, 3)] {
            let opened = async |call: &dyn AsyncCall| {
                let source = Source::new(&[&[script]]);
                assert!(call.ended_by_error(&source).await);
                assert_eq!(source.held(), 0);
                source.opened()
            };
            let all = [opened(&chat).await, opened(&on).await, opened(&when).await];
            assert_eq!(all, [by_itself, by_on, by_when], "{script:?}");
        }
        let source = Source::new(&[&[Lost]]);
        assert!(within_budget(&source).await.is_err());
        assert_eq!(source.opened(), 2, "one token was there");
        // A hint is a floor.
        let (source, start) = (Source::new(&[&[Busy(20)], &[Item(1)]]), Instant::now());
        assert!(chat(&source).await.is_ok());
        assert_eq!(start.elapsed(), Duration::from_secs(20));
    });
}

/// Functions of one kind in one list.
trait AsyncCall {
    fn ended_by_error<'s>(&self, source: &'s Source) -> futures_util::future::LocalBoxFuture<'s, bool>;
}

impl<F: AsyncFn(&Source) -> Result<Items, Fault> + Copy + 'static> AsyncCall for F {
    fn ended_by_error<'s>(&self, source: &'s Source) -> futures_util::future::LocalBoxFuture<'s, bool> {
        let call = *self;
        Box::pin(async move { call(source).await.is_err() })
    }
}

#[test]
fn the_wait_for_it_is_part_of_the_attempt() {
    #[retry(jitter = none, until_first_item)]
    #[timeout("5s")]
    async fn bounded(source: &Source) -> Result<Items, Fault> {
        Ok(source.open().boxed())
    }
    #[deadline("12s")]
    #[retry(jitter = none, until_first_item)]
    async fn due(source: &Source) -> Result<Items, Fault> {
        Ok(source.open().boxed())
    }
    paused(async {
        let (source, start) = (Source::new(&[&[Silence], &[After(4_900), Item(1), Silence]]), Instant::now());
        let mut items = bounded(&source).await.unwrap();
        assert_eq!(start.elapsed(), Duration::from_millis(5_000 + 1_000 + 4_900));
        assert_eq!((source.opened(), source.held()), (2, 1));
        assert_eq!(items.next().await.unwrap().unwrap(), 1);
        let later = tokio::time::timeout(Duration::from_secs(3600), items.next()).await;
        assert!(later.is_err(), "the limit was that of the attempt");

        let (source, start) = (Source::new(&[&[Silence]]), Instant::now());
        assert!(matches!(due(&source).await, Err(Fault::Timeout(_))));
        assert_eq!((start.elapsed(), source.held()), (Duration::from_secs(12), 0));
    });
}

#[test]
fn a_breaker_below_sees_what_it_came_to() {
    static BREAKER: CircuitBreaker = CircuitBreaker::new("first_item::below").failure_threshold(2);
    #[retry(backoff = none, until_first_item)]
    #[circuit_breaker(BREAKER, per_attempt)]
    async fn chat(source: &Source) -> Result<Items, Fault> {
        Ok(source.open().boxed())
    }
    paused(async {
        let source = Source::new(&[&[Lost]]);
        assert!(matches!(chat(&source).await, Err(Fault::CircuitOpen(_))));
        assert_eq!((source.opened(), BREAKER.state()), (2, CircuitState::Open));
    });
}

#[test]
fn a_fallback_above_sees_it() {
    #[fallback(default = futures_util::stream::iter([Ok(0)]).boxed())]
    #[retry(backoff = none, until_first_item)]
    async fn chat(source: &Source) -> Result<Served<Items>, Fault> {
        Ok(source.open().boxed().into())
    }
    paused(async {
        let source = Source::new(&[&[Refused], &[Item(1)]]);
        let (instead, good) = (chat(&source).await.unwrap(), chat(&source).await.unwrap());
        assert!(instead.is_degraded() && !good.is_degraded());
        assert_eq!(instead.degradation().unwrap().error, refused());
        assert_eq!(
            (read(instead.into_inner()).await, read(good.into_inner()).await),
            (vec![Ok(0)], vec![Ok(1)])
        );
    });
}

#[test]
fn what_is_degraded_already_stays_so() {
    #[retry(backoff = none, until_first_item)]
    async fn chat(source: &Source) -> Result<Served<Items>, Fault> {
        let items: Served<Items> = source.open().boxed().into();
        Ok(items.degraded(Degradation::new(Tier::Cached, "from elsewhere")))
    }
    paused(async {
        let items = chat(&Source::new(&[&[Lost], &[Item(1)]])).await.unwrap();
        assert_eq!(items.degradation().unwrap().tier, Tier::Cached);
        assert_eq!(read(items.into_inner()).await, [Ok(1)]);
    });
}

#[test]
fn until_is_asked_of_the_stream_with_its_first_item() {
    #[retry(backoff = none, until_first_item, until = |items: &Items| items.size_hint().0 == 1)]
    async fn chat(source: &Source) -> Result<Items, Fault> {
        Ok(source.open().boxed())
    }
    paused(async {
        let source = Source::new(&[&[], &[Lost], &[Item(1)]]);
        assert_eq!(read(chat(&source).await.unwrap()).await, [Ok(1)]);
        assert_eq!(source.opened(), 3, "an empty one was not what is wanted");
    });
}

#[test]
fn each_attempt_has_its_arguments_and_its_settings() {
    struct Model(Source, RetryConfig);
    impl Model {
        #[retry(config = self.1, until_first_item)]
        #[timeout(Duration::from_secs(u64::from(self.1.max_attempts)))]
        async fn chat(&self, mut prompt: String) -> Result<Items, Fault> {
            prompt.push('!');
            assert_eq!(prompt, "hello!");
            Ok(self.0.open().boxed())
        }
    }
    paused(async {
        let config = RetryConfig { max_attempts: 4, ..RetryConfig::default() };
        let model = Model(Source::new(&[&[Lost], &[Lost], &[Silence], &[Item(1)]]), config);
        assert_eq!(read(model.chat("hello".into()).await.unwrap()).await, [Ok(1)]);
        assert_eq!(model.0.opened(), 4);
    });
}
