//! What the world may hand in at run time: servers that answer garbage, hints beyond all reason, errors
//! whose sources go round in circles, clocks at their limits. A clear error, no panic, nothing lost.

use std::error::Error;
use std::fmt;
use std::io::{self, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use resilient::{CircuitBreaker, CircuitState, Retryable, circuit_breaker, retry, timeout};

use crate::support::{Fault, paused, virtually};

#[derive(Debug, thiserror::Error, Retryable)]
enum HttpError {
    #[error("transport: {0}")]
    #[retryable(transient)]
    Transport(#[from] reqwest::Error),
    #[error("status {status}")]
    #[retryable(transient, retry_after = retry_after)]
    Status { status: u16, retry_after: Option<Duration> },
}

/// As a careless client would read it: whatever number there is.
fn retry_after(response: &reqwest::Response) -> Option<Duration> {
    let text = response.headers().get("retry-after")?.to_str().ok()?;
    let seconds: f64 = text.parse().ok()?;
    Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
}

#[retry(max_attempts = 3, base_delay = "1ms")]
#[timeout(secs = 20)]
async fn ask(client: &reqwest::Client, url: &str) -> Result<String, HttpError> {
    let response = client.get(url).send().await?;
    if !response.status().is_success() {
        return Err(HttpError::Status {
            status: response.status().as_u16(),
            retry_after: retry_after(&response),
        });
    }
    Ok(response.text().await?)
}

impl From<resilient::TimeoutError> for HttpError {
    fn from(_: resilient::TimeoutError) -> Self {
        Self::Status { status: 0, retry_after: None }
    }
}

/// A server that gives every connection the same bytes and counts them.
fn server(answer: &'static [u8]) -> (String, Arc<AtomicU32>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let requests = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&requests);
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let Ok(mut connection) = connection else { continue };
            counter.fetch_add(1, Ordering::SeqCst);
            let mut request = [0; 1024];
            let _ = connection.read(&mut request);
            let _ = connection.write_all(answer);
        }
    });
    (url, requests)
}

fn outcome(answer: &'static [u8]) -> (Result<String, HttpError>, u32) {
    let (url, requests) = server(answer);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let outcome = runtime.block_on(ask(&reqwest::Client::new(), &url));
    (outcome, requests.load(Ordering::SeqCst))
}

#[test]
fn a_server_that_answers_garbage_is_tried_again_and_then_told() {
    for garbage in
        [&b"\x00\xff\xfe garbage\r\n\r\n"[..], b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\nshort", b""]
    {
        let (outcome, requests) = outcome(garbage);
        assert!(matches!(outcome, Err(HttpError::Transport(_))), "{outcome:?}");
        assert_eq!(requests, 3, "{garbage:?}");
    }
}

#[test]
fn a_hint_of_ten_to_the_forty_seconds_ends_the_retrying_at_once() {
    let answer = b"HTTP/1.1 429 Too Many\r\nRetry-After: 10000000000000000000000000000000000000000\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let (outcome, requests) = outcome(answer);
    let Err(HttpError::Status { status: 429, retry_after }) = outcome else { panic!("{outcome:?}") };
    assert_eq!((retry_after, requests), (Some(Duration::MAX), 1), "nothing is lost of the error");
}

/// Its source is itself.
#[derive(Debug)]
struct Cyclic;

static CYCLIC: Cyclic = Cyclic;

impl fmt::Display for Cyclic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("round and round")
    }
}

impl Error for Cyclic {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&CYCLIC)
    }
}

#[derive(Debug)]
struct Link(Option<Box<Link>>);

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a link")
    }
}

impl Error for Link {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.as_deref().map(|link| link as &(dyn Error + 'static))
    }
}

#[retry(max_attempts = 2, on = io::Error)]
fn chained(error: impl FnOnce() -> Box<dyn Error> + Clone, calls: &mut u32) -> Result<(), Box<dyn Error>> {
    *calls += 1;
    Err(error())
}

#[test]
fn chains_that_are_cyclic_or_very_long_are_searched_and_left() {
    virtually(|_| {
        let mut calls = 0;
        assert_eq!(chained(|| Box::new(Cyclic), &mut calls).unwrap_err().to_string(), "round and round");
        let long = || {
            let links = (0..10_000).fold(None, |link, _| Some(Box::new(Link(link))));
            Box::new(Link(links)) as Box<dyn Error>
        };
        assert!(chained(long, &mut calls).is_err());
        assert_eq!(calls, 2, "one call each: nothing to retry was found");
    });
}

struct Patient(Duration);

impl Patient {
    #[circuit_breaker]
    #[retry(base_delay = self.0, max_delay = self.0, jitter = none)]
    #[timeout(self.0)]
    async fn waits(&self) -> Result<(), Fault> {
        tokio::time::sleep(Duration::from_secs(1)).await;
        Ok(())
    }
}

#[test]
fn clocks_at_their_limits_are_no_panic() {
    static BREAKER: CircuitBreaker =
        CircuitBreaker::new("bad_input::clock").failure_threshold(1).recovery_timeout(Duration::MAX);
    virtually(|clock| {
        clock.advance(Duration::MAX);
        clock.advance(Duration::MAX);
        assert!(BREAKER.call(|| Err::<(), _>(Fault::connect())).is_err());
        assert!(matches!(BREAKER.state(), CircuitState::Open | CircuitState::HalfOpen));
        let _ = BREAKER.snapshot();
    });
    paused(async {
        for limit in [Duration::MAX, Duration::from_secs(u64::MAX / 10), Duration::from_secs(2)] {
            assert!(Patient(limit).waits().await.is_ok(), "{limit:?}");
        }
    });
}
