//! Server-sent events over real connections, read by `reqwest`: what the policies that go with a stream make of
//! a server that fails before, between and after its events. Where an item's limit is the subject, time is real.

use std::collections::VecDeque;
use std::net::SocketAddr;

use futures_util::stream::{BoxStream, unfold};
use futures_util::{Stream, StreamExt, TryStreamExt};
use reqwest::{Client, Response};
use resilient::{
    CircuitBreaker, CircuitOpenError, CircuitState, FailureKind, Idempotent, Retryable, TimeoutError,
    circuit_breaker, retry, timeout,
};
use resilient_integrations::{Reply, Server};

/// What a model server's client comes to.
#[derive(Debug, thiserror::Error, Retryable)]
enum ChatError {
    #[error(transparent)]
    #[retryable(transparent)]
    Request(#[from] Idempotent<reqwest::Error>),
    /// Said within the stream, as these servers do under load.
    #[error("the server says: {0}")]
    #[retryable(transient)]
    Overloaded(String),
    #[error(transparent)]
    #[retryable(transparent)]
    Timeout(#[from] TimeoutError),
    #[error(transparent)]
    #[retryable(transparent)]
    CircuitOpen(#[from] CircuitOpenError),
}

impl From<reqwest::Error> for ChatError {
    fn from(error: reqwest::Error) -> Self {
        Self::Request(Idempotent(error))
    }
}

type Events = BoxStream<'static, Result<String, ChatError>>;

fn client() -> Client {
    Client::builder().no_proxy().pool_max_idle_per_host(0).build().unwrap()
}

async fn open(client: &Client, address: SocketAddr) -> Result<Events, ChatError> {
    let response = client.post(format!("http://{address}/")).body("prompt").send().await?;
    Ok(events(response.error_for_status()?).boxed())
}

/// The data of each event; an `event: error` is an error.
fn events(response: Response) -> impl Stream<Item = Result<String, ChatError>> {
    let state = (response.bytes_stream(), String::new(), VecDeque::new());
    unfold(state, |(mut bytes, mut text, mut ready)| async move {
        while ready.is_empty() {
            match bytes.next().await? {
                Ok(more) => text.push_str(&String::from_utf8_lossy(&more)),
                Err(error) => return Some((Err(error.into()), (bytes, text, ready))),
            }
            while let Some((event, rest)) = text.split_once("\n\n") {
                ready.push_back(event.to_owned());
                text = rest.to_owned();
            }
        }
        let event = ready.pop_front()?;
        let data = event.lines().find_map(|line| line.strip_prefix("data: ")).unwrap_or_default().to_owned();
        let is_error = event.lines().any(|line| line == "event: error");
        let item = if is_error { Err(ChatError::Overloaded(data)) } else { Ok(data) };
        Some((item, (bytes, text, ready)))
    })
}

/// A head, and these events in a chunk each.
fn sent(events: &[&str]) -> String {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    let chunk = |event: &&str| format!("{:x}\r\n{event}\n\n\r\n", event.len() + 2);
    events.iter().fold(head.to_owned(), |all, event| all + &chunk(event))
}

/// All events and a proper end.
fn whole(events: &[&str]) -> Reply {
    Reply::Last(format!("{}0\r\n\r\n", sent(events)).into_bytes())
}

/// These events, and the connection is closed where another chunk should begin.
fn broken_off(events: &[&str]) -> Reply {
    Reply::Last(sent(events).into_bytes())
}

/// These events, and the connection stays.
fn silent(events: &[&str]) -> Reply {
    Reply::bytes(sent(events))
}

const ONE: &str = "event: message\ndata: one";
const TWO: &str = "data: two";
const ERROR: &str = "event: error\ndata: overloaded";

/// What was read, errors by what they are.
async fn read(events: Events) -> Vec<String> {
    let named = |event: Result<String, ChatError>| match event {
        Ok(data) => data,
        Err(ChatError::Request(_)) => "(broken off)".into(),
        Err(ChatError::Overloaded(_)) => "(overloaded)".into(),
        Err(ChatError::Timeout(error)) => format!("({error})"),
        Err(ChatError::CircuitOpen(_)) => "(refused)".into(),
    };
    events.map(named).collect().await
}

/// A function under these attributes and a breaker of its own.
macro_rules! chat {
    ($(#[$attribute:meta])*) => {
        #[allow(dead_code)]
        static BREAKER: CircuitBreaker =
            CircuitBreaker::new(concat!("sse::", line!())).failure_threshold(2);

        $(#[$attribute])*
        async fn chat(client: &Client, address: SocketAddr) -> Result<Events, ChatError> {
            open(client, address).await
        }
    };
}

#[tokio::test(start_paused = true)]
async fn what_fails_before_the_first_event_is_asked_for_again() {
    chat!(#[circuit_breaker(BREAKER)] #[retry(until_first_item)]);
    for failure in [whole(&[ERROR]), broken_off(&[]), Reply::Reset] {
        let server = Server::http(vec![failure.clone(), failure.clone(), whole(&[ONE, TWO])]).unwrap();
        let events = chat(&client(), server.address()).await.unwrap();
        assert_eq!(
            (read(events).await, server.requests()),
            (vec!["one".into(), "two".into()], 3),
            "{failure:?}"
        );
        assert_eq!((BREAKER.state(), BREAKER.snapshot().consecutive_failures), (CircuitState::Closed, 0));
    }
    // Again and again: then it is the error of the call, and the breaker's.
    let server = Server::http(vec![whole(&[ERROR])]).unwrap();
    for _ in 0..2 {
        assert!(matches!(chat(&client(), server.address()).await, Err(ChatError::Overloaded(_))));
    }
    assert_eq!((server.requests(), BREAKER.state()), (6, CircuitState::Open));
    assert!(matches!(chat(&client(), server.address()).await, Err(ChatError::CircuitOpen(_))));
    assert_eq!(server.requests(), 6);
}

#[tokio::test(start_paused = true)]
async fn without_it_such_a_failure_is_the_callers() {
    chat!(#[circuit_breaker(BREAKER)] #[retry]);
    let server = Server::http(vec![whole(&[ERROR]), whole(&[ONE])]).unwrap();
    let events = chat(&client(), server.address()).await.unwrap();
    assert_eq!((read(events).await, server.requests()), (vec!["(overloaded)".into()], 1));
    assert_eq!(BREAKER.snapshot().consecutive_failures, 0);
}

#[tokio::test(start_paused = true)]
async fn what_breaks_off_after_it_is_not_repeated_and_opens_the_circuit() {
    chat!(#[circuit_breaker(BREAKER, until_end)] #[retry(until_first_item)]);
    let server = Server::http(vec![broken_off(&[ONE])]).unwrap();
    for failures in 1..=2 {
        assert_eq!(BREAKER.state(), CircuitState::Closed);
        let events = chat(&client(), server.address()).await.unwrap();
        assert_eq!(read(events).await, ["one", "(broken off)"]);
        assert_eq!(server.requests(), failures);
    }
    assert_eq!(BREAKER.state(), CircuitState::Open);
    assert!(matches!(BREAKER.snapshot().last_failure, Some(FailureKind::Error(_))));
    assert!(matches!(chat(&client(), server.address()).await, Err(ChatError::CircuitOpen(_))));
    assert_eq!(server.requests(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_proper_end_is_a_success_and_a_reader_who_leaves_is_neither() {
    chat!(#[circuit_breaker(BREAKER, until_end)] #[retry(until_first_item)]);
    let server =
        Server::http(vec![broken_off(&[ONE]), silent(&[ONE]), whole(&[]), whole(&[ONE, TWO])]).unwrap();
    read(chat(&client(), server.address()).await.unwrap()).await;
    assert_eq!(BREAKER.snapshot().consecutive_failures, 1);
    let mut left = chat(&client(), server.address()).await.unwrap();
    assert_eq!(left.try_next().await.unwrap().as_deref(), Some("one"));
    drop(left);
    assert_eq!(BREAKER.snapshot().consecutive_failures, 1);
    // An empty answer is one, too.
    let events = chat(&client(), server.address()).await.unwrap();
    assert_eq!(
        BREAKER.snapshot().consecutive_failures,
        1,
        "it has not ended yet, as far as anybody has seen"
    );
    assert_eq!(read(events).await, [""; 0]);
    assert_eq!(BREAKER.snapshot().consecutive_failures, 0);
    assert_eq!(read(chat(&client(), server.address()).await.unwrap()).await, ["one", "two"]);
    assert_eq!((server.requests(), BREAKER.state()), (4, CircuitState::Closed));
}

#[tokio::test]
async fn silence_between_events_ends_the_stream() {
    chat!(#[circuit_breaker(BREAKER, until_end)] #[timeout(idle = "200ms", operation = "model")]);
    let server = Server::http(vec![silent(&[ONE, TWO])]).unwrap();
    for failures in 1..=2 {
        let events = chat(&client(), server.address()).await.unwrap();
        assert_eq!(read(events).await, ["one", "two", "(model timed out after 200ms)"]);
        assert_eq!(server.requests(), failures);
    }
    assert_eq!(BREAKER.state(), CircuitState::Open, "a model that falls silent is down");
}

#[tokio::test]
async fn silence_before_the_first_is_asked_for_again() {
    chat!(
        #[circuit_breaker(BREAKER, until_end)]
        #[retry(base_delay = "1ms", until_first_item)]
        #[timeout(secs = 60, idle = "200ms")]
    );
    let server = Server::http(vec![silent(&[]), whole(&[ERROR]), whole(&[ONE, TWO])]).unwrap();
    assert_eq!(read(chat(&client(), server.address()).await.unwrap()).await, ["one", "two"]);
    assert_eq!((server.requests(), BREAKER.snapshot().consecutive_failures), (3, 0));
}
