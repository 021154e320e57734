//! What tokio's own limit on time means. That of this crate is classified with its other errors.

use tokio::time::error::Elapsed;

use super::{RetryClassification, Retryable};

impl Retryable for Elapsed {
    /// Transient, as [`TimeoutError`](crate::TimeoutError): another attempt may be quicker. What took too long may
    /// have been done all the same; whoever bounds a call that must not be made twice says `on` or `when`.
    fn retry_classification(&self) -> RetryClassification {
        RetryClassification::TRANSIENT
    }

    fn __resilient_timed_out(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_is_worth_another_attempt() {
        let never = std::future::pending::<()>();
        let error = tokio::time::timeout(Duration::from_secs(1), never).await.unwrap_err();
        assert_eq!(error.retry_classification(), RetryClassification::TRANSIENT);
        assert!(error.__resilient_timed_out());
    }
}
