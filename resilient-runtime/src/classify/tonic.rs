//! Which failures of gRPC are worth another attempt, by `tonic`'s status.

use std::error::Error;
use std::io;
use std::time::Duration;

use tonic::{Code, ConnectError, Status, TimeoutExpired};

use super::{RetryClassification, Retryable, RetryableIfIdempotent, is_or_has_source};

/// A status does not know whether the method may be called twice: transient is only what shows that the call
/// was not carried out, and where the server asks for another attempt. For a method that may be called twice, say
/// so: [`Idempotent`](crate::Idempotent).
///
/// | failure | alone | under `Idempotent` |
/// |---|---|---|
/// | no connection came about | transient | transient |
/// | `UNAVAILABLE`, `RESOURCE_EXHAUSTED` with `grpc-retry-pushback-ms` | transient, after that time | the same |
/// | the same where that is negative or no number: the server asks for no other attempt | permanent | permanent |
/// | `UNAVAILABLE` | permanent | transient |
/// | `DEADLINE_EXCEEDED`, and `CANCELLED` by a timeout of the client's | permanent | transient |
/// | `UNKNOWN` because the connection broke | permanent | transient |
/// | `RESOURCE_EXHAUSTED`: without a time, a quota that may last for hours | permanent | permanent |
/// | `ABORTED`: the sequence of calls is to be made again, not this call alone | permanent | permanent |
/// | any other | permanent | permanent |
///
/// After the [gRPC status codes](https://grpc.github.io/grpc/core/md_doc_statuscodes.html), the
/// [retry design](https://github.com/grpc/proposal/blob/master/A6-client-retries.md) (pushback) and
/// [AIP-194](https://google.aip.dev/194).
impl Retryable for Status {
    fn retry_classification(&self) -> RetryClassification {
        classify(self, false)
    }
}

impl RetryableIfIdempotent for Status {
    fn retry_classification_if_idempotent(&self) -> RetryClassification {
        classify(self, true)
    }
}

fn classify(status: &Status, idempotent: bool) -> RetryClassification {
    let transient = match status.code() {
        Code::Unavailable | Code::ResourceExhausted if pushback(status).is_some() => {
            return pushback(status).unwrap_or(RetryClassification::Permanent);
        }
        Code::Unavailable => idempotent || has::<ConnectError>(status),
        Code::DeadlineExceeded => idempotent,
        Code::Cancelled => idempotent && has::<TimeoutExpired>(status),
        Code::Unknown => idempotent && has::<io::Error>(status),
        _ => false,
    };
    if transient { RetryClassification::TRANSIENT } else { RetryClassification::Permanent }
}

/// What the server says about another attempt, if it does.
fn pushback(status: &Status) -> Option<RetryClassification> {
    let wait =
        status.metadata().get("grpc-retry-pushback-ms")?.to_str().ok().and_then(|ms| ms.parse::<u32>().ok());
    Some(match wait {
        Some(ms) => RetryClassification::Transient { retry_after: Some(Duration::from_millis(ms.into())) },
        None => RetryClassification::Permanent,
    })
}

fn has<T: Error + 'static>(status: &Status) -> bool {
    status.source().is_some_and(is_or_has_source::<T>)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Idempotent;

    #[test]
    fn codes_alone() {
        for code in 0..=16 {
            let status = Status::new(Code::from_i32(code), "");
            assert_eq!(status.retry_classification(), RetryClassification::Permanent, "{status:?}");
            let transient = matches!(status.code(), Code::Unavailable | Code::DeadlineExceeded);
            let says = Idempotent(status).retry_classification();
            assert_eq!(says == RetryClassification::TRANSIENT, transient, "{code}");
        }
    }

    #[test]
    fn what_happened_on_this_side_is_known_better() {
        let from = |error: Box<dyn Error + Send + Sync>| {
            let status = Status::from_error(error);
            (status.retry_classification(), Idempotent(status).retry_classification())
        };
        let (never, again) = (RetryClassification::Permanent, RetryClassification::TRANSIENT);
        assert_eq!(from(Box::new(ConnectError("no route".into()))), (again, again));
        assert_eq!(from(Box::new(TimeoutExpired(()))), (never, again));
        assert_eq!(from(Box::new(io::Error::from(io::ErrorKind::BrokenPipe))), (never, again));
        assert_eq!(from("a mistake of an interceptor".into()), (never, never));
    }

    #[test]
    fn pushback_is_milliseconds_or_a_refusal() {
        for (value, wait) in [
            ("0", Some(0)),
            ("1500", Some(1500)),
            ("4294967295", Some(4_294_967_295)),
            ("4294967296", None),
            ("-1", None),
            ("1.5", None),
            ("", None),
        ] {
            let expected = wait.map_or(RetryClassification::Permanent, |ms| RetryClassification::Transient {
                retry_after: Some(Duration::from_millis(ms)),
            });
            for code in [Code::Unavailable, Code::ResourceExhausted] {
                let mut status = Status::new(code, "");
                status
                    .metadata_mut()
                    .insert("grpc-retry-pushback-ms", tonic::metadata::MetadataValue::from_static(value));
                assert_eq!(status.retry_classification(), expected, "{value:?}");
                assert_eq!(Idempotent(status).retry_classification(), expected, "{value:?}");
            }
        }
    }
}
