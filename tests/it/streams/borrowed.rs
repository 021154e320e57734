//! Streams whose items borrow: the futures that wait for them can be spawned, whatever lifetime is in the
//! items, and however the function is written.

use std::borrow::Cow;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream};
use futures_util::{Stream, StreamExt as _};
use resilient::{CircuitState, circuit, circuit_breaker, decorator, retry, timeout};

use crate::support::{Fault, paused};

const SECOND: Duration = Duration::from_secs(1);

type Texts<'a> = BoxStream<'a, Result<&'a str, Fault>>;

/// An answer, and then silence.
fn answer<'a, T: Send + 'a>(text: T) -> BoxStream<'a, Result<T, Fault>> {
    stream::iter([Ok(text)]).chain(stream::pending()).boxed()
}

#[retry(until_first_item)]
#[timeout(idle = "1s")]
async fn texts<'a>(text: &'a str) -> Result<Texts<'a>, Fault> {
    Ok(answer(text))
}

#[retry(until_first_item)]
#[timeout(secs = 60, idle = "1s")]
async fn elided(text: &str) -> Result<BoxStream<'_, Result<&str, Fault>>, Fault> {
    Ok(answer(text))
}

#[retry(until_first_item)]
#[timeout(idle = idle)]
async fn dynamic<'a>(text: &'a str, idle: Duration) -> Result<Texts<'a>, Fault> {
    Ok(answer(text))
}

#[retry(until_first_item)]
#[timeout(idle = SECOND)]
async fn cows<'a>(text: &'a str) -> Result<BoxStream<'a, Result<Cow<'a, str>, Fault>>, Fault> {
    Ok(answer(Cow::Borrowed(text)))
}

#[retry(until_first_item)]
#[timeout(idle = "1s")]
async fn generic<T: Sync>(item: &T) -> Result<BoxStream<'_, Result<&T, Fault>>, Fault> {
    Ok(answer(item))
}

#[circuit_breaker(name = "borrowed::all", until_end)]
#[retry(until_first_item)]
#[timeout(secs = 60, idle = "1s")]
async fn all<'a>(text: &'a str) -> Result<Texts<'a>, Fault> {
    Ok(answer(text))
}

#[circuit_breaker(name = "borrowed::opaque", until_end)]
#[retry(until_first_item)]
#[timeout(secs = 60, idle = idle)]
async fn opaque(text: &str, idle: Duration) -> Result<impl Stream<Item = Result<&str, Fault>>, Fault> {
    Ok(answer(text))
}

#[circuit_breaker(name = "borrowed::boxed_future", until_end)]
#[retry(until_first_item)]
#[timeout(idle = "1s")]
fn boxed_future<'a>(text: &'a str) -> BoxFuture<'a, Result<Texts<'a>, Fault>> {
    Box::pin(async move { Ok(answer(text)) })
}

#[retry(until_first_item)]
#[timeout(idle = idle)]
fn dynamic_boxed_future<'a>(text: &'a str, idle: Duration) -> BoxFuture<'a, Result<Texts<'a>, Fault>> {
    Box::pin(async move { Ok(answer(text)) })
}

#[retry(until_first_item)]
#[timeout(idle = "1s")]
fn future(text: &str) -> impl Future<Output = Result<Texts<'_>, Fault>> + Send {
    async move { Ok(answer(text)) }
}

#[async_trait::async_trait]
trait Model: Send + Sync {
    async fn chat<'a>(&'a self, text: &'a str) -> Result<Texts<'a>, Fault>;
}

struct Echo(Duration);

#[async_trait::async_trait]
impl Model for Echo {
    #[circuit_breaker(name = "borrowed::echo", until_end)]
    #[retry(until_first_item)]
    #[timeout(idle = self.0)]
    async fn chat<'a>(&'a self, text: &'a str) -> Result<Texts<'a>, Fault> {
        Ok(answer(text))
    }
}

#[decorator(SturdyReader)]
trait Reader: Sync {
    #[circuit_breaker(name = "borrowed::reader", until_end)]
    #[retry(until_first_item)]
    #[timeout(idle = "1s")]
    fn read<'a>(&'a self, text: &'a str) -> impl Future<Output = Result<Texts<'a>, Fault>> + Send;

    #[retry(until_first_item)]
    #[timeout(idle = idle)]
    fn reread<'a>(
        &'a self,
        text: &'a str,
        idle: Duration,
    ) -> impl Future<Output = Result<BoxStream<'a, Result<Cow<'a, str>, Fault>>, Fault>> + Send;
}

impl Reader for Echo {
    async fn read<'a>(&'a self, text: &'a str) -> Result<Texts<'a>, Fault> {
        Ok(answer(text))
    }

    async fn reread<'a>(
        &'a self,
        text: &'a str,
        _: Duration,
    ) -> Result<BoxStream<'a, Result<Cow<'a, str>, Fault>>, Fault> {
        Ok(answer(Cow::Borrowed(text)))
    }
}

/// Reads it in a task of its own: the answer, and then that the silence has ended.
async fn spawned<S, T>(call: impl Future<Output = Result<S, Fault>> + Send + 'static)
where
    S: Stream<Item = Result<T, Fault>> + Send + 'static,
    T: AsRef<str> + Send + 'static,
{
    let items = async { call.await.unwrap().collect::<Vec<_>>().await };
    let items = tokio::spawn(items).await.unwrap();
    assert!(matches!(&items[..], [Ok(text), Err(Fault::Timeout(_))] if text.as_ref() == "hello"));
}

#[test]
fn a_call_that_gives_borrowed_items_can_be_spawned() {
    paused(async {
        let model: Arc<dyn Model> = Arc::new(Echo(SECOND));
        let reader = Arc::new(SturdyReader::new(Echo(SECOND)));
        let text: &'static str = "hello";
        spawned(texts(text)).await;
        spawned(elided(text)).await;
        spawned(dynamic(text, SECOND)).await;
        spawned(cows(text)).await;
        spawned(generic(&"hello")).await;
        spawned(all(text)).await;
        spawned(opaque(text, SECOND)).await;
        spawned(boxed_future(text)).await;
        spawned(dynamic_boxed_future(text, SECOND)).await;
        spawned(future(text)).await;
        // What is borrowed may be the task's own.
        let own = async move {
            let text = String::from("hello");
            let heard = [
                texts(&text).await.unwrap().next().await.unwrap().unwrap().to_owned(),
                all(&text).await.unwrap().next().await.unwrap().unwrap().to_owned(),
                model.chat(&text).await.unwrap().next().await.unwrap().unwrap().to_owned(),
                reader.read(&text).await.unwrap().next().await.unwrap().unwrap().to_owned(),
                reader.reread(&text, SECOND).await.unwrap().next().await.unwrap().unwrap().into_owned(),
            ];
            assert_eq!(heard, ["hello"; 5]);
        };
        tokio::spawn(own).await.unwrap();
    });
}

#[test]
fn what_when_names_is_borrowed_or_copied() {
    #[circuit_breaker(name = "borrowed::named", failure_threshold = 1, when = |_| text == "hello", until_end)]
    async fn named<'a>(text: &'a str) -> Result<Texts<'a>, Fault> {
        Ok(stream::iter([Err(Fault::Refused(text.to_owned()))]).boxed())
    }
    #[circuit_breaker(name = "borrowed::copied", failure_threshold = 1, when = |_| is_strict, until_end)]
    async fn copied(text: String, is_strict: bool) -> Result<Texts<'static>, Fault> {
        Ok(stream::once(async move { Err(Fault::Refused(text)) }).boxed())
    }
    paused(async {
        for (text, is_strict, state) in
            [("good bye", false, CircuitState::Closed), ("hello", true, CircuitState::Open)]
        {
            assert_eq!(named(text).await.unwrap().count().await, 1);
            assert_eq!(copied(text.into(), is_strict).await.unwrap().count().await, 1);
            for name in ["borrowed::named", "borrowed::copied"] {
                assert_eq!(circuit(name).unwrap().state(), state, "{name}");
            }
        }
    });
}
