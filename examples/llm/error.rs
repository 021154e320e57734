//! What can go wrong between us and a model server, and which of it is worth another attempt.
//! The policies read that from `Retryable`; no file of this example decides it a second time.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use resilient::http::retry_after;
use resilient::{CircuitOpenError, Retryable, TimeoutError};
use serde_json::Value;

#[derive(Debug, thiserror::Error, Retryable)]
pub(crate) enum LlmError {
    #[error("cannot reach the server")]
    #[retryable(transient)]
    Connect(#[source] reqwest::Error),

    #[error("the connection broke")]
    #[retryable(transient)]
    Broken(#[source] reqwest::Error),

    #[error("the answer ended too early")]
    #[retryable(transient)]
    Truncated,

    #[error("rate limited")]
    #[retryable(transient, retry_after = retry_after)]
    RateLimited { retry_after: Option<Duration> },

    #[error("server error {status}")]
    #[retryable(transient, retry_after = retry_after)]
    Server { status: StatusCode, retry_after: Option<Duration> },

    #[error("refused with {status}: {message}")]
    #[retryable(permanent)]
    Refused { status: StatusCode, message: String },

    #[error("answer not understood: {0:?}")]
    #[retryable(permanent)]
    Garbage(String),

    #[error(transparent)]
    #[retryable(transparent)]
    Timeout(#[from] TimeoutError),

    #[error(transparent)]
    #[retryable(transparent)]
    CircuitOpen(#[from] CircuitOpenError),
}

impl LlmError {
    /// Keeps the beginning of what came, enough to recognise it in a log.
    pub(crate) fn garbage(answer: &str) -> Self {
        Self::Garbage(shorten(answer))
    }

    /// The error of a response whose status is not a success.
    pub(crate) fn from_response(status: StatusCode, headers: &HeaderMap, body: &str) -> Self {
        match status {
            StatusCode::TOO_MANY_REQUESTS => Self::RateLimited { retry_after: retry_after(headers) },
            _ if status.is_server_error() => Self::Server { status, retry_after: retry_after(headers) },
            _ => Self::Refused { status, message: shorten(&message(body)) },
        }
    }
}

/// What the server says about its refusal: OpenAI-style, or whatever it is.
fn message(body: &str) -> String {
    let value: Value = serde_json::from_str(body).unwrap_or_default();
    value.pointer("/error/message").and_then(Value::as_str).unwrap_or(body).to_owned()
}

fn shorten(text: &str) -> String {
    text.trim().chars().take(60).collect()
}
