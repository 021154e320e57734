//! How many retries all calls together may make: a bucket of tokens that calls fill and retries empty.
//! Whether a failure is worth a retry, and how long to wait for it, is not decided here.

use super::check;
use crate::sync::{AtomicU64, Ordering};

/// Bounds the retries of all calls together. While a service is well, a few calls in a hundred need a
/// retry; when it is down, all of them do, and three attempts each are three times the load on what is
/// struggling already. With a budget, retries stay a share of the calls.
///
/// A bucket of tokens: each call puts in a share of a token (see [`ratio`](Self::ratio)), each retry takes
/// one out when it is decided on, so those that still wait for their delay are counted, and puts it back if
/// its call is dropped before the delay is over. While the bucket holds less than a token, calls fail with the
/// error of their attempt, at once. It starts full and holds [`min_retries`](Self::min_retries).
///
/// Every function that names one `static` shares it, and nobody else does. A first attempt is never held
/// back. A full bucket is only read, so while a service is well budgets cost a load each call.
///
/// # Examples
///
/// ```
/// use resilient_runtime::{Retry, RetryBudget, BackoffShape};
///
/// static SEARCH: RetryBudget = RetryBudget::new("search").ratio(0.1).min_retries(10);
/// static RETRY: Retry = Retry::new().budget(&SEARCH).backoff(BackoffShape::None);
///
/// let mut calls = 0;
/// for _ in 0..1000 {
///     let down = || { calls += 1; Err::<(), _>(std::io::Error::from(std::io::ErrorKind::ConnectionRefused)) };
///     assert!(RETRY.call(down).is_err());
/// }
/// // One retry for ten calls, and the ten that the bucket held. Without: 3000 calls.
/// assert_eq!(calls, 1000 + 100 + 10);
/// ```
#[derive(Debug)]
pub struct RetryBudget {
    name: &'static str,
    prices: Prices,
    balance: AtomicU64,
}

/// In billionths of a token: so a ratio of decimals is exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Prices {
    /// What the bucket holds.
    capacity: u64,
    /// What a retry takes.
    retry: u64,
    /// What a retry takes after an attempt that timed out.
    after_timeout: u64,
    /// What a call puts in when it begins.
    per_call: u64,
    /// What a call puts in that succeeds at its first attempt.
    per_success: u64,
    /// Whether a retry that succeeds gets back what it took.
    refunds: bool,
}

impl Prices {
    /// A call that fails has put its share in, also where the bucket was full.
    const fn most(&self) -> u64 {
        self.capacity + self.per_call
    }
}

const TOKEN: u64 = 1_000_000_000;

impl RetryBudget {
    /// One retry for ten calls, and a bucket that holds 10. Events say the name.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        let prices = Prices {
            capacity: 10 * TOKEN,
            retry: TOKEN,
            after_timeout: TOKEN,
            per_call: TOKEN / 10,
            per_success: 0,
            refunds: false,
        };
        Self::full(name, prices)
    }

    /// The retry quota that the AWS SDKs have in their
    /// [standard mode](https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html): a
    /// bucket of 500, of which a retry takes 5, or 10 after a timeout; one that succeeds puts back what it
    /// took, and a call that succeeds at once puts in 1.
    #[must_use]
    pub const fn aws_standard(name: &'static str) -> Self {
        let prices = Prices {
            capacity: 500 * TOKEN,
            retry: 5 * TOKEN,
            after_timeout: 10 * TOKEN,
            per_call: 0,
            per_success: TOKEN,
            refunds: true,
        };
        Self::full(name, prices)
    }

    const fn full(name: &'static str, prices: Prices) -> Self {
        Self { name, prices, balance: AtomicU64::new(prices.capacity) }
    }

    /// Retries per call, over many calls. Default 0.1.
    ///
    /// # Panics
    /// In `const` evaluation this is a compile error: not above 0 and up to 10, or beside
    /// [`aws_standard`](Self::aws_standard), which counts otherwise.
    #[must_use]
    #[track_caller]
    pub const fn ratio(self, ratio: f64) -> Self {
        assert!(!self.prices.refunds, "`ratio` does nothing beside `aws_standard`: leave it out");
        let ratio = check::budget_ratio(ratio);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "in range, as was checked"
        )]
        let per_call = (ratio * 1e9 + 0.5) as u64;
        Self::full(self.name, Prices { per_call, ..self.prices })
    }

    /// What the bucket starts with and never holds more of: so many retries are there at once, for a service
    /// that is seldom called, too. Default 10.
    ///
    /// # Panics
    /// In `const` evaluation this is a compile error: zero, which would let no retry ever be made where
    /// `ratio` is below 1.
    #[must_use]
    #[track_caller]
    pub const fn min_retries(self, retries: u32) -> Self {
        let retries = check::budget_min_retries(retries);
        Self::full(self.name, Prices { capacity: retries as u64 * self.prices.retry, ..self.prices })
    }

    /// What events call it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// How many retries it would allow now.
    #[must_use]
    pub fn available(&self) -> u64 {
        self.balance.load(Ordering::Relaxed) / self.prices.retry
    }

    #[cfg(test)]
    pub(super) fn balance(&self) -> u64 {
        self.balance.load(Ordering::Relaxed)
    }

    /// Fills the bucket, as when it was made.
    pub fn refill(&self) {
        self.balance.store(self.prices.capacity, Ordering::Relaxed);
    }

    /// A call begins.
    #[inline]
    pub(super) fn called(&self) {
        self.put(self.prices.per_call);
    }

    /// A call succeeded; `after` says what its last retry took, if it made one.
    #[inline]
    pub(super) fn succeeded(&self, after: Option<AfterTimeout>) {
        match after {
            None => self.put(self.prices.per_success),
            Some(after) if self.prices.refunds => self.put(self.price(after)),
            Some(_) => {}
        }
    }

    /// A token for one retry, or `None`: there is none left.
    pub(super) fn take(&'static self, after: AfterTimeout) -> Option<Token> {
        let price = self.price(after);
        let taken = self
            .balance
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |balance| balance.checked_sub(price));
        taken.ok().map(|_| Token { budget: self, price })
    }

    const fn price(&self, AfterTimeout(after_timeout): AfterTimeout) -> u64 {
        if after_timeout { self.prices.after_timeout } else { self.prices.retry }
    }

    #[inline]
    fn put(&self, price: u64) {
        // A full bucket, as it is while all goes well, is not written to: all threads can read it at once.
        if price > 0 && self.balance.load(Ordering::Relaxed) < self.prices.most() {
            self.add(price);
        }
    }

    #[cold]
    fn add(&self, price: u64) {
        let most = self.prices.most();
        // Always `Some`.
        let _ = self.balance.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |balance| {
            Some(balance.saturating_add(price).min(most))
        });
    }
}

/// Whether the attempt that failed had timed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AfterTimeout(pub(super) bool);

/// What a retry has taken that is yet to be made; back it goes if it is not.
#[derive(Debug)]
pub(super) struct Token {
    budget: &'static RetryBudget,
    price: u64,
}

impl Token {
    /// The retry is made.
    pub(super) fn spend(mut self) {
        self.price = 0;
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        self.budget.put(self.price);
    }
}
