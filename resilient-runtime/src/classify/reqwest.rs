//! Which failures of `reqwest` are worth another attempt. What an answer's status means is said in `http`.

use std::error::Error as _;

use reqwest::Error;

use super::{RetryClassification, Retryable, RetryableIfIdempotent, is_or_has_source};
use crate::http::by_status;

/// The error does not know the request's method, which may have been POST: transient is only what shows that
/// the request was not carried out. For a call that may be repeated, say so: [`Idempotent`](crate::Idempotent).
///
/// | failure | alone | under `Idempotent` |
/// |---|---|---|
/// | no connection came about (refused, unreachable, name not found, connect timeout): `is_connect` | transient | transient |
/// | the connection broke after the request was sent, the answer broke off, it took too long | permanent | transient |
/// | `error_for_status`: as [`http::classify`](crate::http::classify) | 425, 429 | 408, 425, 429, 500, 502, 503, 504 |
/// | an answer that was complete and could not be decoded | permanent | permanent |
/// | builder (the request makes no sense), redirect (a loop, too many), upgrade | permanent | permanent |
///
/// `error_for_status` forgets the headers, and with them `Retry-After`; [`http::check`](crate::http::check) does not.
impl Retryable for Error {
    fn retry_classification(&self) -> RetryClassification {
        classify(self, false)
    }

    fn __resilient_timed_out(&self) -> bool {
        self.is_timeout()
    }
}

impl RetryableIfIdempotent for Error {
    fn retry_classification_if_idempotent(&self) -> RetryClassification {
        classify(self, true)
    }
}

fn classify(error: &Error, idempotent: bool) -> RetryClassification {
    if let Some(status) = error.status() {
        return by_status(status, idempotent, None);
    }
    if error.is_connect() || (idempotent && lost(error)) {
        return RetryClassification::TRANSIENT;
    }
    RetryClassification::Permanent
}

/// Whether the answer did not come, or not as a whole.
fn lost(error: &Error) -> bool {
    if error.is_decode() {
        // Below it, `hyper` tells of an answer that broke off, `reqwest` of one that took too long; whoever could
        // not read a whole answer is neither.
        return error.source().is_some_and(|below| {
            is_or_has_source::<hyper::Error>(below) || is_or_has_source::<Error>(below)
        });
    }
    error.is_request() || error.is_body()
}
