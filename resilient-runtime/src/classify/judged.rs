//! What was said of one error, as it is handed from who says it to who acts on it. Nothing is decided here.

use std::time::Duration;

use super::{RetryClassification, Retryable};

/// What an error says of itself, or what was said of it in its place. Two words, which are handed on without
/// being in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judged {
    hint_nanos: u64,
    is_transient: bool,
    has_hint: bool,
    pub(crate) timed_out: bool,
}

impl Judged {
    pub(crate) fn of<E: Retryable + ?Sized>(error: &E) -> Self {
        Self { timed_out: error.__resilient_timed_out(), ..Self::from(error.retry_classification()) }
    }

    /// Keeps the error's own hint, but not its word on whether it is worth another attempt.
    pub(crate) const fn overruled(self, is_transient: bool) -> Self {
        Self { is_transient, ..self }
    }

    /// What was said, with a hint of 500 years at the most.
    pub(crate) fn classification(self) -> RetryClassification {
        if !self.is_transient {
            return RetryClassification::Permanent;
        }
        let retry_after = self.has_hint.then(|| Duration::from_nanos(self.hint_nanos));
        RetryClassification::Transient { retry_after }
    }
}

impl From<RetryClassification> for Judged {
    fn from(classification: RetryClassification) -> Self {
        let hint = classification.retry_after();
        let nanos = |hint: Duration| u64::try_from(hint.as_nanos()).unwrap_or(u64::MAX);
        Self {
            hint_nanos: hint.map(nanos).unwrap_or_default(),
            is_transient: classification != RetryClassification::Permanent,
            has_hint: hint.is_some(),
            timed_out: false,
        }
    }
}
