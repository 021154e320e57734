//! The main job: a trait that every provider of a language model implements, one wrapper that retries the
//! setting up of a stream for all of them, and a provider that follows a script.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::stream::{self, BoxStream, StreamExt as _};
use resilient::{Jitter, RetryConfig, Retryable, decorator, retry};
use tokio::time::Instant;

/// What is asked of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ChatRequest {
    prompt: String,
}

/// A piece of an answer.
#[derive(Debug, PartialEq, Eq)]
enum Chunk {
    Text(&'static str),
    Finished,
}

type Chunks<E> = BoxStream<'static, Result<Chunk, E>>;

/// Whatever completes chats.
#[decorator(RetryingModel)]
#[async_trait]
trait CompletionModel: Send + Sync {
    /// What can go wrong, classified by whoever knows the provider.
    type Error: std::error::Error + Retryable + Send + Sync + 'static;

    /// The provider.
    fn name(&self) -> &str;

    /// The model.
    fn model(&self) -> &str;

    /// Sends the request; what comes back is a stream of chunks.
    #[retry]
    async fn chat_stream(&self, request: ChatRequest) -> Result<Chunks<Self::Error>, Self::Error>;
}

/// What the scripted provider says when it fails.
#[derive(Debug, PartialEq, Eq, thiserror::Error, Retryable)]
enum Failure {
    #[error("overloaded")]
    #[retryable(transient)]
    Overloaded,
    #[error("come back later")]
    #[retryable(transient, retry_after = wait)]
    Later { wait: Duration },
    #[error("the key is not known")]
    #[retryable(permanent)]
    BadKey,
}

/// One call: it fails, or it gives a stream of these items.
type Turn = Result<Vec<Result<Chunk, Failure>>, Failure>;

/// Takes one turn of its script with each call, and keeps what it was asked and when.
struct Scripted {
    turns: Mutex<VecDeque<Turn>>,
    asked: Mutex<Vec<(ChatRequest, Instant)>>,
}

impl Scripted {
    fn new(turns: impl IntoIterator<Item = Turn>) -> Self {
        Self { turns: Mutex::new(turns.into_iter().collect()), asked: Mutex::default() }
    }

    fn calls(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    /// The times between the calls, in milliseconds.
    fn waits(&self) -> Vec<u128> {
        let asked = self.asked.lock().unwrap();
        asked.windows(2).map(|two| (two[1].1 - two[0].1).as_millis()).collect()
    }
}

#[async_trait]
impl CompletionModel for Scripted {
    type Error = Failure;

    fn name(&self) -> &'static str {
        "scripted"
    }

    fn model(&self) -> &'static str {
        "script-1"
    }

    async fn chat_stream(&self, request: ChatRequest) -> Result<Chunks<Failure>, Failure> {
        self.asked.lock().unwrap().push((request, Instant::now()));
        let turn = self.turns.lock().unwrap().pop_front();
        Ok(stream::iter(turn.expect("a turn that is left")?).boxed())
    }
}

/// Exact delays: 1 s, 2 s, 4 s, 5 s, 5 s, …
fn config(max_attempts: u32) -> RetryConfig {
    RetryConfig {
        max_attempts,
        base_delay: Duration::from_secs(1),
        max_delay: Duration::from_secs(5),
        jitter: Jitter::None,
        ..RetryConfig::default()
    }
}

fn request() -> ChatRequest {
    ChatRequest { prompt: "hello".into() }
}

/// A stream of one item.
#[expect(clippy::unnecessary_wraps, reason = "a turn among others, which may fail")]
fn finished() -> Turn {
    Ok(vec![Ok(Chunk::Finished)])
}

/// A wrapped model with that script, and what a call of it comes to.
async fn called(
    max_attempts: u32,
    turns: impl IntoIterator<Item = Turn>,
) -> (RetryingModel<Scripted>, Result<Vec<Result<Chunk, Failure>>, Failure>) {
    let model = RetryingModel::with_config(Scripted::new(turns), config(max_attempts));
    let outcome = match model.chat_stream(request()).await {
        Ok(chunks) => Ok(chunks.collect().await),
        Err(error) => Err(error),
    };
    (model, outcome)
}

#[tokio::test(start_paused = true)]
async fn a_transient_failure_is_tried_again_until_it_succeeds() {
    let (model, outcome) = called(3, [Err(Failure::Overloaded), finished()]).await;
    assert_eq!(outcome, finished());
    assert_eq!(model.inner().calls(), 2);
    let asked = model.inner().asked.lock().unwrap();
    assert!(asked.iter().all(|(asked, _)| *asked == request()), "each attempt sees the request");
}

#[tokio::test(start_paused = true)]
async fn max_attempts_counts_all_calls_and_the_last_error_comes_out() {
    let failures = || std::iter::repeat_with(|| Err(Failure::Overloaded)).take(10);
    for max_attempts in [1, 2, 3, 7] {
        let (model, outcome) = called(max_attempts, failures()).await;
        assert_eq!(outcome, Err(Failure::Overloaded));
        assert_eq!(model.inner().calls(), max_attempts as usize);
    }
    let (model, outcome) = called(2, [Err(Failure::Overloaded), Err(Failure::BadKey)]).await;
    assert_eq!((outcome, model.inner().calls()), (Err(Failure::BadKey), 2));
}

#[tokio::test(start_paused = true)]
async fn a_hint_of_the_provider_is_waited_for() {
    let wait = Duration::from_millis(7_350);
    let (model, outcome) = called(3, [Err(Failure::Later { wait }), finished()]).await;
    assert_eq!(outcome, finished());
    assert_eq!(model.inner().waits(), [7_350], "longer than the longest delay of its own");

    let wait = Duration::from_millis(50);
    let (model, _) = called(3, [Err(Failure::Later { wait }), finished()]).await;
    assert_eq!(model.inner().waits(), [1_000], "a hint is the least, not the most");
}

#[tokio::test(start_paused = true)]
async fn a_permanent_failure_is_not_tried_again() {
    let (model, outcome) = called(3, [Err(Failure::BadKey), finished()]).await;
    assert_eq!(outcome, Err(Failure::BadKey));
    assert_eq!(model.inner().calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_breaks_off_is_the_callers() {
    let broken = || Ok(vec![Ok(Chunk::Text("hel")), Err(Failure::Overloaded)]);
    let (model, outcome) = called(3, [broken(), finished()]).await;
    assert_eq!(outcome, broken());
    assert_eq!(model.inner().calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn delays_grow_up_to_the_longest() {
    let failures = std::iter::repeat_with(|| Err(Failure::Overloaded)).take(6);
    let (model, _) = called(6, failures).await;
    assert_eq!(model.inner().waits(), [1_000, 2_000, 4_000, 5_000, 5_000]);
}

/// By the defaults of `#[retry]`, which is what the trait says.
#[tokio::test(start_paused = true)]
async fn without_a_config_the_trait_says_how_often() {
    let model = RetryingModel::new(Scripted::new((0..4).map(|_| Err(Failure::Overloaded))));
    let error = model.chat_stream(request()).await.map(drop).unwrap_err();
    assert_eq!((error, model.inner().calls()), (Failure::Overloaded, 3));
    for (wait, shortest) in model.inner().waits().into_iter().zip([1_000, 2_000]) {
        assert!((shortest..=shortest + shortest / 10).contains(&wait), "{wait}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_wrapped_can_be_looked_at_and_taken_out() {
    let (model, _) = called(3, [finished()]).await;
    assert_eq!((model.name(), model.model()), ("scripted", "script-1"));
    assert_eq!(model.inner().calls(), 1);
    assert_eq!(model.into_inner().calls(), 1);
}

/// A wrapper is a model like any other: in generic code, inside another wrapper, in a task of its own.
#[tokio::test(start_paused = true)]
async fn a_wrapper_is_a_model() {
    async fn chunks(model: impl CompletionModel<Error = Failure>) -> usize {
        model.chat_stream(request()).await.unwrap().count().await
    }
    let twice = |turns: Vec<Turn>| {
        RetryingModel::with_config(RetryingModel::with_config(Scripted::new(turns), config(2)), config(2))
    };
    let turns = vec![Err(Failure::Overloaded), Err(Failure::Overloaded), finished()];
    assert_eq!(tokio::spawn(chunks(twice(turns))).await.unwrap(), 1);

    let turns = (0..9).map(|_| Err(Failure::Overloaded)).collect();
    let model = twice(turns);
    assert!(model.chat_stream(request()).await.is_err());
    assert_eq!(model.inner().inner().calls(), 4, "2 × 2");
}

/// A box of any model is one, where the user says so.
#[tokio::test(start_paused = true)]
async fn a_box_of_any_model_can_be_wrapped() {
    type AnyModel = Box<dyn CompletionModel<Error = Failure>>;

    #[async_trait]
    impl CompletionModel for AnyModel {
        type Error = Failure;

        fn name(&self) -> &str {
            (**self).name()
        }

        fn model(&self) -> &str {
            (**self).model()
        }

        async fn chat_stream(&self, request: ChatRequest) -> Result<Chunks<Failure>, Failure> {
            (**self).chat_stream(request).await
        }
    }

    let inner: AnyModel = Box::new(Scripted::new([Err(Failure::Overloaded), finished()]));
    let model: AnyModel = Box::new(RetryingModel::with_config(inner, config(2)));
    assert_eq!(model.chat_stream(request()).await.unwrap().count().await, 1);
}
