//! Answers over HTTP: which of them are worth another attempt, and when. Whose client brought the answer does
//! not matter here: names of methods, statuses and headers are all that is used.
//!
//! ```
//! use std::time::Duration;
//! use http::{Method, Response};
//! use resilient_runtime::http::{StatusError, check};
//! use resilient_runtime::{Idempotent, RetryClassification, Retryable};
//!
//! /// Without a client: what its `send()` would bring.
//! fn answer() -> Response<()> {
//!     Response::builder().status(503).header("retry-after", "7").body(()).unwrap_or_default()
//! }
//! fn look_up() -> Result<Response<()>, StatusError> {
//!     check(&Method::GET, answer())
//! }
//! fn order() -> Result<Response<()>, StatusError> {
//!     check(&Method::POST, answer())
//! }
//! /// This one carries an idempotency key.
//! fn order_once() -> Result<Response<()>, Idempotent<StatusError>> {
//!     Ok(check(&Method::POST, answer())?)
//! }
//!
//! let in_seven_seconds = RetryClassification::Transient { retry_after: Some(Duration::from_secs(7)) };
//! assert_eq!(look_up().unwrap_err().retry_classification(), in_seven_seconds);
//! assert_eq!(order().unwrap_err().retry_classification(), RetryClassification::Permanent);
//! assert_eq!(order_once().unwrap_err().retry_classification(), in_seven_seconds);
//! ```

use std::error::Error;
use std::fmt;
use std::time::Duration;

use ::http::{HeaderMap, Method, Response, StatusCode};

use crate::classify::{RetryClassification, Retryable, RetryableIfIdempotent};

mod retry_after;
pub use retry_after::{parse_retry_after, retry_after};

/// Whether an answer of this status to a request by this method is worth another attempt, and when.
///
/// | status | idempotent methods | others |
/// |---|---|---|
/// | 425 Too Early, 429 Too Many Requests | transient | transient: the request was refused unseen |
/// | 408, 500, 502, 503, 504 | transient | permanent: it may have been carried out |
/// | any other | permanent | permanent |
///
/// Idempotent are GET, HEAD, OPTIONS, TRACE, PUT and DELETE
/// ([RFC 9110, 9.2.2](https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2)) and QUERY; POST, PATCH, CONNECT and
/// methods of your own are not. The wait is that of [`retry_after`].
#[must_use]
pub fn classify(method: &Method, status: StatusCode, headers: &HeaderMap) -> RetryClassification {
    by_status(status, method.is_idempotent(), retry_after(headers))
}

/// The table of [`classify`].
pub(crate) fn by_status(
    status: StatusCode,
    idempotent: bool,
    retry_after: Option<Duration>,
) -> RetryClassification {
    match status.as_u16() {
        425 | 429 => RetryClassification::Transient { retry_after },
        408 | 500 | 502 | 503 | 504 if idempotent => RetryClassification::Transient { retry_after },
        _ => RetryClassification::Permanent,
    }
}

/// Gives the answer back, or the error that its status is.
///
/// # Errors
///
/// A [`StatusError`] for 400 to 599. Redirections, `304 Not Modified` and statuses without a meaning are no
/// errors.
pub fn check<R: ResponseHead>(method: &Method, response: R) -> Result<R, StatusError> {
    let status = response.status();
    if status.is_client_error() || status.is_server_error() {
        return Err(StatusError::new(method, status, response.headers()));
    }
    Ok(response)
}

/// What [`check`] has to see of an answer; any client's response has it.
pub trait ResponseHead {
    /// The answer's status.
    fn status(&self) -> StatusCode;
    /// The answer's headers.
    fn headers(&self) -> &HeaderMap;
}

impl<B> ResponseHead for Response<B> {
    fn status(&self) -> StatusCode {
        self.status()
    }

    fn headers(&self) -> &HeaderMap {
        self.headers()
    }
}

#[cfg(feature = "reqwest")]
impl ResponseHead for reqwest::Response {
    fn status(&self) -> StatusCode {
        self.status()
    }

    fn headers(&self) -> &HeaderMap {
        self.headers()
    }
}

/// An answer whose status is an error. It knows the method, and so whether another attempt may do harm: see
/// [`classify`]. For a POST that may be repeated, say so: [`Idempotent`](crate::Idempotent).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusError {
    /// The request's method.
    pub method: Method,
    /// The answer's status.
    pub status: StatusCode,
    /// How long the server asked to wait, if it did.
    pub retry_after: Option<Duration>,
}

impl StatusError {
    /// The error of this answer, for whoever wants its body as well: to be made before the body is read.
    #[must_use]
    pub fn new(method: &Method, status: StatusCode, headers: &HeaderMap) -> Self {
        Self { method: method.clone(), status, retry_after: retry_after(headers) }
    }
}

impl fmt::Display for StatusError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} was answered {}", self.method, self.status)
    }
}

impl Error for StatusError {}

impl Retryable for StatusError {
    /// As [`classify`].
    fn retry_classification(&self) -> RetryClassification {
        by_status(self.status, self.method.is_idempotent(), self.retry_after)
    }
}

impl RetryableIfIdempotent for StatusError {
    /// As [`classify`] for an idempotent method, whatever the method is.
    fn retry_classification_if_idempotent(&self) -> RetryClassification {
        by_status(self.status, true, self.retry_after)
    }
}

impl Retryable for StatusCode {
    /// A status does not know the method, which may have been POST: 425 and 429 are transient, everything else
    /// is permanent. [`StatusError`] knows more.
    fn retry_classification(&self) -> RetryClassification {
        by_status(*self, false, None)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use ::http::header::{HeaderValue, RETRY_AFTER};

    use super::*;
    use crate::Idempotent;

    const SAFE_FOR_ALL: [u16; 2] = [425, 429];
    const SAFE_IF_IDEMPOTENT: [u16; 7] = [408, 425, 429, 500, 502, 503, 504];

    fn answer(status: u16) -> Response<()> {
        Response::builder().status(status).header(RETRY_AFTER, "7").body(()).unwrap()
    }

    #[test]
    fn methods_and_statuses_decide_together() {
        let hinted = RetryClassification::Transient { retry_after: Some(Duration::from_secs(7)) };
        let headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static("7"))]);
        let extension = Method::from_bytes(b"PROPFIND").unwrap();
        for (methods, transient) in [
            (
                [Method::GET, Method::HEAD, Method::OPTIONS, Method::TRACE, Method::PUT, Method::DELETE]
                    .as_slice(),
                SAFE_IF_IDEMPOTENT.as_slice(),
            ),
            (&[Method::POST, Method::PATCH, Method::CONNECT, extension], SAFE_FOR_ALL.as_slice()),
        ] {
            for method in methods {
                for code in 100..1000 {
                    let status = StatusCode::from_u16(code).unwrap();
                    let expected =
                        if transient.contains(&code) { hinted } else { RetryClassification::Permanent };
                    assert_eq!(classify(method, status, &headers), expected, "{method} {status}");
                    let error = StatusError::new(method, status, &headers);
                    assert_eq!(error.retry_classification(), expected, "{error}");
                    let repeatable = Idempotent(error).retry_classification();
                    assert_eq!(repeatable == hinted, SAFE_IF_IDEMPOTENT.contains(&code), "{method} {status}");
                }
            }
        }
    }

    #[test]
    fn a_status_alone_may_have_been_an_answer_to_post() {
        for code in 100..1000 {
            let status = StatusCode::from_u16(code).unwrap();
            let transient = status.retry_classification() == RetryClassification::TRANSIENT;
            assert_eq!(transient, SAFE_FOR_ALL.contains(&code), "{status}");
        }
    }

    #[test]
    fn what_is_no_error_comes_back_and_an_error_says_what_was_asked() {
        for status in [200, 204, 301, 304, 399, 600, 999] {
            assert_eq!(check(&Method::GET, answer(status)).unwrap().status(), status);
        }
        for status in [400, 404, 429, 499, 500, 503, 599] {
            let error = check(&Method::GET, answer(status)).unwrap_err();
            assert_eq!((error.status.as_u16(), error.retry_after), (status, Some(Duration::from_secs(7))));
        }
        let error = check(&Method::POST, answer(503)).unwrap_err();
        assert_eq!(error.to_string(), "POST was answered 503 Service Unavailable");
        assert_eq!(Idempotent(error.clone()).to_string(), error.to_string());
        let seen = crate::private::has::<StatusError>(Idempotent(error).__resilient_inner());
        assert!(seen, "`on = StatusError` sees through");
    }
}
