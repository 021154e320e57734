//! The embedded model server: real HTTP on a loopback port, as healthy as it is told to be.
//! It knows nothing of the crate and nothing of the client; it only replies and counts what it had to bear.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use futures_util::stream::{self, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpSocket};
use tokio::task::JoinHandle;

use super::weather::{Reply, RetryAfter};

const STORY: [&str; 6] = ["It", " will", " clear", " up", " by", " noon."];
const TOKENS_BEFORE_BREAK: usize = 3;
const TOKEN_PAUSE: Duration = Duration::from_millis(15);
/// After which a server that has fallen silent ends the connection.
const SILENCE: Duration = Duration::from_secs(2);

pub(crate) struct Server {
    address: SocketAddr,
    weather: Weather,
    serving: JoinHandle<()>,
    /// While the server is closed: bound but not listening, so that nobody else takes the port.
    reserved: Option<TcpSocket>,
}

/// What the handlers share with whoever makes the weather.
#[derive(Clone)]
struct Weather(Arc<Mutex<Sky>>);

struct Sky {
    replies: &'static [Reply],
    /// Requests since `replies` was set.
    step_requests: usize,
    /// Requests to the model since the start. Those to the optional service are not counted.
    requests: usize,
    ocr: bool,
}

impl Server {
    pub(crate) async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let sky = Sky { replies: &[Reply::Answer], step_requests: 0, requests: 0, ocr: true };
        let weather = Weather(Arc::new(Mutex::new(sky)));
        let serving = tokio::spawn(serve(listener, weather.clone()));
        Ok(Self { address, weather, serving, reserved: None })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Request `n` from now on gets reply `n`; the last one serves the rest.
    pub(crate) fn set_replies(&self, replies: &'static [Reply]) {
        let mut sky = self.weather.sky();
        sky.replies = replies;
        sky.step_requests = 0;
    }

    pub(crate) fn set_ocr(&self, available: bool) {
        self.weather.sky().ocr = available;
    }

    pub(crate) fn requests(&self) -> usize {
        self.weather.sky().requests
    }

    /// Closes the listener, as the end of the process would: from now on connections are refused.
    pub(crate) async fn close(&mut self) -> io::Result<()> {
        self.serving.abort();
        // The listener is gone only when the task is; that it was cancelled is no news.
        let _ = (&mut self.serving).await;
        let socket = TcpSocket::new_v4()?;
        socket.set_reuseaddr(true)?;
        socket.bind(self.address)?;
        self.reserved = Some(socket);
        Ok(())
    }

    /// Listens again, on the same port.
    pub(crate) fn open(&mut self) -> io::Result<()> {
        if let Some(socket) = self.reserved.take() {
            let listener = socket.listen(1024)?;
            self.serving = tokio::spawn(serve(listener, self.weather.clone()));
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Weather {
    /// The data is plain numbers: a panic elsewhere cannot have left it half-written.
    fn sky(&self) -> MutexGuard<'_, Sky> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_reply(&self) -> Reply {
        let mut sky = self.sky();
        let reply = sky.replies.get(sky.step_requests).or(sky.replies.last()).copied();
        sky.step_requests += 1;
        sky.requests += 1;
        reply.unwrap_or(Reply::Answer)
    }
}

async fn serve(listener: TcpListener, weather: Weather) {
    let router = Router::new()
        .route("/v1/chat/completions", post(chat))
        .route("/ocr", post(read_scan))
        .with_state(weather);
    // Ends with the task; `axum::serve` itself never returns an error.
    let _ = axum::serve(listener, router).await;
}

async fn chat(State(weather): State<Weather>, Json(request): Json<Value>) -> Response {
    match weather.next_reply() {
        Reply::Answer => answer(&request),
        Reply::AnswerAfter(delay) => {
            tokio::time::sleep(delay).await;
            answer(&request)
        }
        Reply::BreakingStream => events(broken(TOKENS_BEFORE_BREAK, TOKEN_PAUSE)),
        Reply::BrokenStream => events(broken(0, TOKEN_PAUSE)),
        Reply::SilentStream => events(broken(TOKENS_BEFORE_BREAK, SILENCE)),
        Reply::Nonsense => "<html>It works!</html>".into_response(),
        Reply::Status(code) => status(code),
        Reply::StatusAfter(code, delay) => {
            tokio::time::sleep(delay).await;
            status(code)
        }
        Reply::RateLimited(hint) => {
            (StatusCode::TOO_MANY_REQUESTS, [(RETRY_AFTER, retry_after(hint))]).into_response()
        }
    }
}

async fn read_scan(State(weather): State<Weather>) -> Response {
    if weather.sky().ocr {
        Json(json!({ "text": "Delivered on 3 May, two parcels." })).into_response()
    } else {
        status(503)
    }
}

fn status(code: u16) -> Response {
    let message = json!({ "error": { "message": "the weather is bad" } });
    (StatusCode::from_u16(code).unwrap_or(StatusCode::IM_A_TEAPOT), Json(message)).into_response()
}

fn retry_after(hint: RetryAfter) -> String {
    match hint {
        RetryAfter::Seconds(seconds) => seconds.to_owned(),
        // The formatter drops the fraction of the second.
        RetryAfter::Date => httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(2)),
    }
}

fn answer(request: &Value) -> Response {
    if request.get("stream").and_then(Value::as_bool) == Some(true) {
        let done = stream::once(async { "data: [DONE]\n\n".to_owned() });
        return events(spoken().chain(done).map(Ok::<_, Infallible>));
    }
    let message = json!({ "role": "assistant", "content": content(request) });
    Json(json!({ "choices": [{ "index": 0, "message": message }] })).into_response()
}

/// The whole of the model's intelligence; a small model has less.
fn content(request: &Value) -> &'static str {
    let text = |pointer| request.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let (is_small, wants_title) =
        (text("/model").ends_with("small"), text("/messages/0/content").contains("title"));
    match (text("/messages/1/content").contains("total due"), wants_title, is_small) {
        (true, true, false) => "Invoice over 120 EUR",
        (true, true, true) => "Invoice",
        (true, false, _) => "invoice",
        (false, ..) => "letter",
    }
}

fn spoken() -> impl stream::Stream<Item = String> + Send + 'static {
    stream::iter(STORY).then(|token| async move {
        tokio::time::sleep(TOKEN_PAUSE).await;
        let delta = json!({ "choices": [{ "index": 0, "delta": { "content": token } }] });
        format!("data: {delta}\n\n")
    })
}

/// So many tokens, a pause, and the end of the connection.
fn broken(tokens: usize, pause: Duration) -> impl stream::Stream<Item = io::Result<String>> + Send + 'static {
    let end = stream::once(async move {
        tokio::time::sleep(pause).await;
        Err(io::Error::from(io::ErrorKind::ConnectionReset))
    });
    spoken().take(tokens).map(Ok).chain(end)
}

/// Server-sent events. An error among them cuts the connection, as a crash of the server would.
fn events<E: std::error::Error + Send + Sync + 'static>(
    events: impl stream::Stream<Item = Result<String, E>> + Send + 'static,
) -> Response {
    ([(CONTENT_TYPE, "text/event-stream")], Body::from_stream(events)).into_response()
}
