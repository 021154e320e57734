//! The ways in which functions that give streams are written: what is returned, how it is async, and what the
//! stream borrows.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use futures_util::stream::{BoxStream, LocalBoxStream, unfold};
use futures_util::{Stream, StreamExt as _};
use resilient::{
    CircuitOpenError, Retryable, Served, TimeoutError, circuit_breaker, fallback, retry, timeout,
};

use super::{Item, Items, Lost, Piece, Refused, Source, read};
use crate::support::{Fault, paused};

const SCRIPT: &[&[Piece]] = &[&[Lost], &[Item(1), Item(2)]];

fn is_send<T: Send>(value: T) -> T {
    value
}

/// Reads the second attempt to its end.
async fn both<S: Stream<Item = Result<u32, Fault>>>(call: impl Future<Output = Result<S, Fault>>) {
    assert_eq!(read(call.await.unwrap()).await, [Ok(1), Ok(2)]);
}

/// All three above a function, however it is written.
macro_rules! guarded {
    ($name:literal, $($function:tt)*) => {
        #[circuit_breaker(name = $name, failure_threshold = 1, until_end)]
        #[retry(backoff = none, until_first_item)]
        #[timeout(secs = 60, idle = "10s")]
        $($function)*
    };
}

type ChatResult = Result<Items, Fault>;
type Borrowed<'a, E> = Result<BoxStream<'a, Result<u32, E>>, E>;

guarded!(
    "shapes::boxed",
    async fn boxed(source: &Source) -> Result<BoxStream<'static, Result<u32, Fault>>, Fault> {
        Ok(source.open().boxed())
    }
);
guarded!(
    "shapes::alias",
    async fn alias(source: &Source) -> ChatResult {
        Ok(source.open().boxed())
    }
);
guarded!(
    "shapes::lent",
    async fn lent<'a>(source: &Source, by: &'a u32) -> Borrowed<'a, Fault> {
        Ok(source.open().map(move |item| item.map(|item| item * by)).boxed())
    }
);
guarded!(
    "shapes::elided",
    async fn elided(source: &Source) -> Result<BoxStream<'_, Result<u32, Fault>>, Fault> {
        let unfolded = unfold(source.open(), |mut items| async { Some((items.next().await?, items)) });
        let _ = source;
        Ok(unfolded
            .map(|item| {
                let _ = source;
                item
            })
            .boxed())
    }
);
guarded!(
    "shapes::opaque",
    async fn opaque(source: &Source) -> Result<impl Stream<Item = Result<u32, Fault>> + use<>, Fault> {
        // One that cannot be moved once it was polled.
        Ok(unfold(source.open(), |mut items| async { Some((items.next().await?, items)) }))
    }
);
guarded!(
    "shapes::local",
    async fn local(source: Rc<Source>) -> Result<LocalBoxStream<'static, Result<u32, Fault>>, Fault> {
        Ok(source
            .open()
            .map(move |item| {
                let _ = &source;
                item
            })
            .boxed_local())
    }
);
guarded!(
    "shapes::synced",
    async fn synced(
        source: &Source,
    ) -> Result<Pin<Box<dyn Stream<Item = Result<u32, Fault>> + Send + Sync>>, Fault> {
        Ok(Box::pin(source.open()))
    }
);
guarded!(
    "shapes::future",
    fn future(source: Source) -> impl Future<Output = Result<Items, Fault>> + Send {
        async move { Ok(source.open().boxed()) }
    }
);
guarded!(
    "shapes::opaque_future",
    fn opaque_future(
        source: Source,
    ) -> impl Future<Output = Result<impl Stream<Item = Result<u32, Fault>>, Fault>> {
        async move { Ok(source.open()) }
    }
);
guarded!(
    "shapes::boxed_future",
    fn boxed_future(source: &Source) -> BoxFuture<'_, Result<Items, Fault>> {
        Box::pin(async move { Ok(source.open().boxed()) })
    }
);
guarded!(
    "shapes::served",
    async fn served(source: &Source) -> Result<Served<Items>, Fault> {
        Ok(source.open().boxed().into())
    }
);
guarded!(
    "shapes::served_opaque",
    async fn served_opaque(
        source: &Source,
    ) -> Result<Served<impl Stream<Item = Result<u32, Fault>> + use<>>, Fault> {
        Ok(source.open().into())
    }
);
guarded!(
    "shapes::owned",
    async fn owned(source: Source, mut prompt: String, times: &mut u32) -> ChatResult {
        *times += 1;
        prompt.push('!');
        assert_eq!(prompt, "hello!");
        Ok(source.open().boxed())
    }
);

guarded!(
    "shapes::generic",
    async fn generic<S>(items: Repeated<S>) -> Result<impl Stream<Item = Result<u32, Fault>> + use<S>, Fault>
    where
        S: Stream<Item = Result<u32, Fault>>,
    {
        Ok(items.0())
    }
);
guarded!(
    "shapes::boxed_generic",
    async fn boxed_generic<'s, S>(items: Repeated<S>) -> Result<BoxStream<'s, S::Item>, Fault>
    where
        S: Stream<Item = Result<u32, Fault>> + Send + 's,
    {
        Ok(items.0().boxed())
    }
);

guarded!(
    "shapes::made_future",
    fn made_future(source: &Source) -> BoxFuture<'_, Result<Items, Fault>> {
        let opens = move || source.open().boxed();
        Box::pin(async move { Ok(opens()) })
    }
);

/// What a fallback names is there for the body, and after it.
#[fallback(degraded = |_| Ok(unfold(*times, |left| async move { (left > 0).then(|| (Ok(left), left - 1)) }).fuse().boxed().into()))]
#[retry(backoff = none, until_first_item)]
#[timeout(secs = 60, idle = "10s")]
async fn looks_back(source: &Source, times: &mut u32) -> Result<Served<Items>, Fault> {
    *times += 1;
    Ok(source.open().boxed().into())
}

#[test]
fn a_fallback_sees_what_the_attempts_left() {
    paused(async {
        let mut times = 0;
        let items = looks_back(&Source::new(&[&[Lost]]), &mut times).await.unwrap();
        assert!(items.is_degraded());
        assert_eq!(read(items.into_inner()).await, [Ok(3), Ok(2), Ok(1)]);
        assert_eq!(times, 3);
    });
}

/// Gives a stream to each attempt.
type Repeated<S> = (Arc<dyn Fn() -> S + Send + Sync>,);

#[test]
fn whatever_is_returned_has_its_policies() {
    paused(async {
        let source = || Source::new(SCRIPT);
        let mut times = 0;
        both(is_send(boxed(&source()))).await;
        both(is_send(alias(&source()))).await;
        both(is_send(lent(&source(), &1))).await;
        both(is_send(elided(&source()))).await;
        both(is_send(opaque(&source()))).await;
        both(local(Rc::new(source()))).await;
        both(is_send(synced(&source()))).await;
        both(is_send(future(source()))).await;
        both(is_send(opaque_future(source()))).await;
        both(is_send(boxed_future(&source()))).await;
        both(async { served(&source()).await.map(Served::into_inner) }).await;
        both(async { served_opaque(&source()).await.map(Served::into_inner) }).await;
        both(is_send(owned(source(), "hello".into(), &mut times))).await;
        assert_eq!(times, 2);
        let opens = |source: Source| -> Repeated<_> { (Arc::new(move || source.open()),) };
        both(is_send(generic(opens(source())))).await;
        both(is_send(boxed_generic(opens(source())))).await;
        both(is_send(made_future(&source()))).await;
    });
}

#[test]
fn what_judges_goes_with_the_stream() {
    #[circuit_breaker(name = "shapes::judging", failure_threshold = 1, when = |error| *strict || matches!(error, Fault::Connect(_)), until_end)]
    async fn judging<'a>(
        source: &Source,
        strict: &'a bool,
    ) -> Result<BoxStream<'a, Result<u32, Fault>>, Fault> {
        Ok(source.open().boxed())
    }
    paused(async {
        let refusing = Source::new(&[&[Refused]]);
        assert_eq!(read(judging(&refusing, &false).await.unwrap()).await.len(), 1);
        assert_eq!(read(judging(&refusing, &true).await.unwrap()).await.len(), 1);
        assert!(matches!(judging(&refusing, &true).await, Err(Fault::CircuitOpen(_))));
    });
}

/// Items and function with errors of their own.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error("broken off")]
    Off,
    #[error(transparent)]
    Idle(#[from] TimeoutError),
}

#[derive(Debug, thiserror::Error, Retryable)]
#[retryable(default = transient)]
enum ChatError {
    #[error(transparent)]
    Stream(#[from] Broken),
    #[error(transparent)]
    Timeout(#[from] TimeoutError),
    #[error(transparent)]
    CircuitOpen(#[from] CircuitOpenError),
}

#[test]
fn items_may_have_an_error_of_their_own() {
    guarded!(
        "shapes::own",
        async fn own(source: &Source) -> Result<BoxStream<'static, Result<u32, Broken>>, ChatError> {
            Ok(source.open().map(|item| item.map_err(|_| Broken::Off)).boxed())
        }
    );
    // Whatever the type: `Broken` is one of the sources of a `ChatError`.
    #[circuit_breaker(name = "shapes::judged", failure_threshold = 1, on = Broken, until_end)]
    async fn judged(source: &Source) -> Result<BoxStream<'static, Result<u32, Broken>>, ChatError> {
        Ok(source.open().map(|item| item.map_err(|_| Broken::Off)).boxed())
    }
    paused(async {
        let lost = Source::new(&[&[Lost]]);
        assert!(matches!(own(&lost).await, Err(ChatError::Stream(Broken::Off))));
        assert_eq!(lost.opened(), 3);
        let items: Vec<_> = judged(&lost).await.unwrap().collect().await;
        assert!(matches!(items[..], [Err(Broken::Off)]));
        assert!(matches!(judged(&lost).await, Err(ChatError::CircuitOpen(_))));
    });
}

#[async_trait::async_trait]
trait Model: Send + Sync {
    type Error: std::error::Error + Retryable + From<TimeoutError> + From<CircuitOpenError> + Send + 'static;

    async fn chat(&self, prompt: String)
    -> Result<BoxStream<'static, Result<u32, Self::Error>>, Self::Error>;
}

struct Plain(Source);

#[async_trait::async_trait]
impl Model for Plain {
    type Error = Fault;

    async fn chat(&self, _: String) -> Result<Items, Fault> {
        Ok(self.0.open().boxed())
    }
}

/// Around any model; the error type is the model's.
struct Sturdy<M>(M);

#[async_trait::async_trait]
impl<M: Model> Model for Sturdy<M> {
    type Error = M::Error;

    #[circuit_breaker(name = "shapes::sturdy", failure_threshold = 1, until_end)]
    #[retry(backoff = none, until_first_item)]
    #[timeout(secs = 60, idle = "10s")]
    async fn chat(
        &self,
        prompt: String,
    ) -> Result<BoxStream<'static, Result<u32, Self::Error>>, Self::Error> {
        self.0.chat(prompt).await
    }
}

impl<M: Model> Sturdy<M> {
    #[retry(backoff = none, until_first_item)]
    async fn lent(&mut self) -> Result<BoxStream<'static, Result<u32, M::Error>>, M::Error> {
        self.0.chat(String::new()).await
    }
}

#[test]
fn methods_of_traits_and_errors_of_any_type() {
    paused(async {
        let mut model = Sturdy(Plain(Source::new(SCRIPT)));
        both(is_send(model.chat("hello".into()))).await;
        model.0.0 = Source::new(SCRIPT);
        both(is_send(model.lent())).await;
        assert_eq!(model.0.0.opened(), 2);
    });
}
