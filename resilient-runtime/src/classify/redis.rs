//! Which failures of `redis` are worth another attempt.

use std::error::Error as _;

use redis::{ErrorKind, RedisError, ServerError, ServerErrorKind};

use super::{RetryClassification, Retryable, RetryableIfIdempotent};

/// The error does not know the command, which may have been `INCR`: transient is only what shows that the command
/// was not carried out. For a command that may be repeated (`GET`, `SET`), say so:
/// [`Idempotent`](crate::Idempotent).
///
/// | failure | alone | under `Idempotent` |
/// |---|---|---|
/// | connection refused; no master, replica or node to connect to | transient | transient |
/// | `LOADING`, `BUSY`, `TRYAGAIN`, `CLUSTERDOWN`, `MASTERDOWN`, `READONLY`, `NOREPLICAS`: the command was refused | transient | transient |
/// | the same inside a pipeline, whose other commands may have been carried out | permanent | transient |
/// | the connection broke, or the answer took too long | permanent | transient |
/// | any other: a mistake, no permission, a script or transaction that was aborted, a redirection | permanent | permanent |
///
/// After a broken connection, and after `READONLY` in a failover, the next attempt needs another connection:
/// take it inside the function that is retried.
impl Retryable for RedisError {
    fn retry_classification(&self) -> RetryClassification {
        classify(self, false)
    }
}

impl RetryableIfIdempotent for RedisError {
    fn retry_classification_if_idempotent(&self) -> RetryClassification {
        classify(self, true)
    }
}

fn classify(error: &RedisError, idempotent: bool) -> RetryClassification {
    let transient = match error.kind() {
        ErrorKind::MasterNameNotFoundBySentinel
        | ErrorKind::NoValidReplicasFoundBySentinel
        | ErrorKind::ClusterConnectionNotFound => true,
        ErrorKind::Io => {
            error.is_connection_refusal()
                || (idempotent && (error.is_connection_dropped() || error.is_timeout()))
        }
        ErrorKind::Server(kind) => refused(kind) && (idempotent || alone(error)),
        // Codes that the client has no name for.
        ErrorKind::Extension => matches!(error.code(), Some("BUSY" | "NOREPLICAS")),
        _ => false,
    };
    if transient { RetryClassification::TRANSIENT } else { RetryClassification::Permanent }
}

/// Whether the server turned the command away as it was not able to carry out any such.
fn refused(kind: ServerErrorKind) -> bool {
    matches!(
        kind,
        ServerErrorKind::BusyLoading
            | ServerErrorKind::TryAgain
            | ServerErrorKind::ClusterDown
            | ServerErrorKind::MasterDown
            | ServerErrorKind::ReadOnly
    )
}

/// The error of one command has it for its source; a pipeline's, which tells of its first, has none.
fn alone(error: &RedisError) -> bool {
    error.source().is_some_and(<dyn std::error::Error>::is::<ServerError>)
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;
    use crate::Idempotent;

    #[test]
    fn failures_of_the_connection_and_mistakes() {
        for (kind, alone, repeatable) in [
            (io::ErrorKind::ConnectionRefused, true, true),
            (io::ErrorKind::ConnectionReset, false, true),
            (io::ErrorKind::BrokenPipe, false, true),
            (io::ErrorKind::UnexpectedEof, false, true),
            (io::ErrorKind::TimedOut, false, true),
            (io::ErrorKind::PermissionDenied, false, false),
            (io::ErrorKind::InvalidData, false, false),
        ] {
            let error = RedisError::from(io::Error::from(kind));
            assert_eq!(error.retry_classification() == RetryClassification::TRANSIENT, alone, "{kind:?}");
            let says = Idempotent(error).retry_classification();
            assert_eq!(says == RetryClassification::TRANSIENT, repeatable, "{kind:?}");
        }
        for (kind, transient) in [
            (ErrorKind::MasterNameNotFoundBySentinel, true),
            (ErrorKind::NoValidReplicasFoundBySentinel, true),
            (ErrorKind::ClusterConnectionNotFound, true),
            (ErrorKind::AuthenticationFailed, false),
            (ErrorKind::InvalidClientConfig, false),
            (ErrorKind::UnexpectedReturnType, false),
            (ErrorKind::Parse, false),
        ] {
            let error = RedisError::from((kind, ""));
            assert_eq!(error.retry_classification() == RetryClassification::TRANSIENT, transient, "{kind:?}");
            let says = Idempotent(error).retry_classification();
            assert_eq!(says == RetryClassification::TRANSIENT, transient, "{kind:?}");
        }
    }
}
