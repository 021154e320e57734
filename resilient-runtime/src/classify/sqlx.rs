//! Which failures of databases are worth another attempt, by `sqlx`'s error.

use std::io;

use sqlx::Error;

use super::{RetryClassification, Retryable, RetryableIfIdempotent};

/// Transient is only what shows that nothing was changed: what is retried must be the whole transaction, never one
/// statement of it. For a transaction that may be repeated, say so: [`Idempotent`](crate::Idempotent).
///
/// | failure | alone | under `Idempotent` |
/// |---|---|---|
/// | connection refused, no connection free in the pool | transient | transient |
/// | SQLSTATE `40001` serialization failure, `40P01` deadlock: the transaction was rolled back | transient | transient |
/// | `55P03` a lock was not to be had | transient | transient |
/// | `08001`, `08004`, `53300`, `57P03`: the server takes no connection (starting, shutting down, too many) | transient | transient |
/// | `SQLite`: busy, locked | transient | transient |
/// | the connection broke, also told as another `08…`, `40003`, `57P01`, `57P02` | permanent | transient |
/// | any other: the statement, the data, a constraint, a closed pool | permanent | permanent |
///
/// After the [codes of `PostgreSQL`](https://www.postgresql.org/docs/current/errcodes-appendix.html), which it
/// shares with `MySQL` as far as both follow the standard, and
/// [those of `SQLite`](https://sqlite.org/rescode.html). A lock that `MySQL` waited for in vain (1205) has no
/// SQLSTATE of its own and is permanent.
impl Retryable for Error {
    fn retry_classification(&self) -> RetryClassification {
        classify(self, false)
    }
}

impl RetryableIfIdempotent for Error {
    fn retry_classification_if_idempotent(&self) -> RetryClassification {
        classify(self, true)
    }
}

fn classify(error: &Error, idempotent: bool) -> RetryClassification {
    let transient = match error {
        Error::PoolTimedOut => true,
        Error::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused => true,
        Error::Io(error) if idempotent => return error.retry_classification(),
        Error::Database(error) => error.code().is_some_and(|code| by_code(&code, idempotent)),
        _ => false,
    };
    if transient { RetryClassification::TRANSIENT } else { RetryClassification::Permanent }
}

fn by_code(code: &str, idempotent: bool) -> bool {
    match code {
        "40001" | "40P01" | "55P03" | "08001" | "08004" | "53300" | "57P03" => true,
        "40003" | "57P01" | "57P02" => idempotent,
        // SQLSTATEs have five characters. SQLite's results are numbers of up to four digits; the lowest byte
        // says busy (5) or locked (6), the others in which way.
        _ if code.len() < 5 => code.parse::<u16>().is_ok_and(|result| matches!(result & 0xff, 5 | 6)),
        _ => idempotent && code.starts_with("08"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Idempotent;

    #[test]
    fn codes() {
        for code in
            ["40001", "40P01", "55P03", "08001", "08004", "53300", "57P03", "5", "6", "261", "262", "517"]
        {
            assert!(by_code(code, false) && by_code(code, true), "{code}");
        }
        for code in ["08000", "08003", "08006", "08S01", "40003", "57P01", "57P02"] {
            assert!(!by_code(code, false) && by_code(code, true), "{code}");
        }
        for code in
            ["", "0", "1", "19", "2067", "23505", "42P01", "53100", "57014", "HY000", "00005", "XX000", "5x"]
        {
            assert!(!by_code(code, true), "{code}");
        }
    }

    #[test]
    fn failures_on_this_side() {
        for (error, alone, repeatable) in [
            (Error::PoolTimedOut, true, true),
            (Error::Io(io::ErrorKind::ConnectionRefused.into()), true, true),
            (Error::Io(io::ErrorKind::ConnectionReset.into()), false, true),
            (Error::Io(io::ErrorKind::InvalidData.into()), false, false),
            (Error::PoolClosed, false, false),
            (Error::RowNotFound, false, false),
            (Error::Protocol("nonsense".into()), false, false),
            (Error::WorkerCrashed, false, false),
        ] {
            assert_eq!(error.retry_classification() == RetryClassification::TRANSIENT, alone, "{error}");
            let error = Idempotent(error);
            assert_eq!(error.retry_classification() == RetryClassification::TRANSIENT, repeatable, "{error}");
        }
    }
}
