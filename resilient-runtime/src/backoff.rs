//! How long to wait before an attempt: pure functions of shape, attempt and dice. No clock, no
//! generator and no events here; every step saturates and the cap comes last.

use std::time::Duration;

/// How delays grow from attempt to attempt, which count from 1. Whatever a shape gives, the cap is the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum BackoffShape {
    /// `base × multiplier^(attempt − 1)`: the usual choice, as in Marc Brooker's
    /// [Exponential Backoff And Jitter](https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/),
    /// where attempts count from 0, and in
    /// [gRPC's connection backoff](https://github.com/grpc/grpc/blob/master/doc/connection-backoff.md), which
    /// multiplies by 1.6.
    #[default]
    Exponential,
    /// `base × attempt`.
    Linear,
    /// `base`, always.
    Constant,
    /// `base × 1, 1, 2, 3, 5, 8 …`, the [Fibonacci numbers](https://oeis.org/A000045).
    Fibonacci,
    /// A random delay between `base` and three times the previous one, as in
    /// [Exponential Backoff And Jitter](https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
    /// There, what is drawn above the cap becomes the cap; here nothing is drawn above it, so that clients
    /// which have waited long still do not fire together.
    Decorrelated,
    /// No delay at all. Written out because hammering a struggling service is seldom meant.
    None,
}

/// How the delays of clients that failed together are spread.
///
/// `Full` and `Equal` are those of
/// [Exponential Backoff And Jitter](https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/); how
/// they compare is measured in
/// [which jitter](https://docs.rs/resilient-attributes/latest/resilient/attr.retry.html#which-jitter). A ratio only
/// adds: clear of the cap, no wait is shorter than what was written. The ± 20 % of gRPC
/// ([connections](https://github.com/grpc/grpc/blob/master/doc/connection-backoff.md),
/// [retries](https://github.com/grpc/proposal/blob/master/A6-client-retries.md)) are a ratio of 0.5 with 0.8 times
/// its base and 1.2 times its cap, which it may pass by as much.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Jitter {
    /// Every client waits the same.
    None,
    /// Adds between nothing and this share of the delay (0.1 adds 0–10 %).
    Ratio(f64),
    /// Anything between zero and the delay: `random(0, delay)`.
    Full,
    /// Half of the delay, and anything up to the other half: `delay / 2 + random(0, delay / 2)`.
    Equal,
}

impl Jitter {
    pub(crate) const DEFAULT_RATIO: f64 = 0.1;

    /// Spreads `delay` by `dice` (0 ≤ dice < 1), never above `cap`. At the cap a ratio spreads
    /// downwards, so that clients which all reached it still do not fire together.
    #[must_use]
    pub fn spread(self, delay: Duration, cap: Duration, dice: f64) -> Duration {
        let (low, high) = match self {
            Self::None => return delay.min(cap),
            Self::Full => (Duration::ZERO, delay.min(cap)),
            Self::Equal => (delay.min(cap) / 2, delay.min(cap)),
            Self::Ratio(ratio) => {
                let ratio = sane_ratio(ratio);
                let highest = scale(cap, 1.0 / (1.0 + ratio));
                (delay.min(highest), scale(delay, 1.0 + ratio).min(cap))
            }
        };
        between(low, high, dice).min(cap)
    }

    /// Spreads a wait that must not be shortened: only ever adds.
    #[must_use]
    pub fn add_to(self, floor: Duration, dice: f64) -> Duration {
        let ratio = match self {
            Self::None => return floor,
            Self::Ratio(ratio) => sane_ratio(ratio),
            Self::Full | Self::Equal => Self::DEFAULT_RATIO,
        };
        between(floor, scale(floor, 1.0 + ratio), dice)
    }
}

impl Default for Jitter {
    /// 0–10 % on top.
    fn default() -> Self {
        Self::Ratio(Self::DEFAULT_RATIO)
    }
}

impl From<f64> for Jitter {
    fn from(ratio: f64) -> Self {
        Self::Ratio(ratio)
    }
}

/// A schedule of delays, without jitter and without an end; [`BackoffShape`] names the sources of the
/// formulas, [`Jitter::spread`] spreads a delay of it.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use resilient_runtime::Backoff;
///
/// let backoff = Backoff::exponential(Duration::from_millis(10)).max_delay(Duration::from_millis(40));
/// let delays: Vec<_> = backoff.delays().take(4).map(|delay| delay.as_millis()).collect();
/// assert_eq!(delays, [10, 20, 40, 40]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Backoff {
    pub(crate) shape: BackoffShape,
    pub(crate) base: Duration,
    pub(crate) multiplier: f64,
    pub(crate) cap: Duration,
}

impl Backoff {
    const fn new(shape: BackoffShape, base: Duration) -> Self {
        Self { shape, base, multiplier: 2.0, cap: Duration::MAX }
    }

    /// `base`, then twice as long each time; see [`multiplier`](Self::multiplier).
    #[must_use]
    pub const fn exponential(base: Duration) -> Self {
        Self::new(BackoffShape::Exponential, base)
    }

    /// `base`, `2 × base`, `3 × base` …
    #[must_use]
    pub const fn linear(base: Duration) -> Self {
        Self::new(BackoffShape::Linear, base)
    }

    /// `base`, always.
    #[must_use]
    pub const fn constant(base: Duration) -> Self {
        Self::new(BackoffShape::Constant, base)
    }

    /// `base` times the Fibonacci numbers 1, 1, 2, 3, 5 …
    #[must_use]
    pub const fn fibonacci(base: Duration) -> Self {
        Self::new(BackoffShape::Fibonacci, base)
    }

    /// The longest that [`BackoffShape::Decorrelated`] can draw: `base × 3^attempt`.
    #[must_use]
    pub const fn decorrelated(base: Duration) -> Self {
        Self::new(BackoffShape::Decorrelated, base)
    }

    /// No delay is longer than this. Default: no cap.
    #[must_use]
    pub const fn max_delay(mut self, cap: Duration) -> Self {
        self.cap = cap;
        self
    }

    /// The factor of the exponential shape. Default 2; a factor below 1 or not a number counts as 1.
    #[must_use]
    pub const fn multiplier(mut self, multiplier: f64) -> Self {
        self.multiplier = multiplier;
        self
    }

    /// The delay after failed attempt `attempt` (from 1; 0 counts as 1), without jitter. Its cost does
    /// not grow with the attempt, and what overflows is the cap.
    #[must_use]
    pub fn delay(&self, attempt: u32) -> Duration {
        let attempt = attempt.max(1);
        let factor = match self.shape {
            BackoffShape::Exponential => self.sane_multiplier().powi(power(attempt - 1)),
            BackoffShape::Linear => f64::from(attempt),
            BackoffShape::Constant => 1.0,
            BackoffShape::Fibonacci => fibonacci(attempt),
            BackoffShape::Decorrelated => 3.0_f64.powi(power(attempt)),
            BackoffShape::None => 0.0,
        };
        scale(self.base, factor).min(self.cap)
    }

    /// The decorrelated delay that follows `previous`, drawn by `dice` (0 ≤ dice < 1).
    #[must_use]
    pub fn decorrelated_after(&self, previous: Duration, dice: f64) -> Duration {
        let high = previous.max(self.base).saturating_mul(3).min(self.cap);
        // Of long spans a float rounds up, too.
        between(self.base.min(high), high, dice).min(high)
    }

    /// All delays, from the first on.
    pub fn delays(self) -> impl Iterator<Item = Duration> {
        (1..=u32::MAX).map(move |attempt| self.delay(attempt))
    }

    fn sane_multiplier(&self) -> f64 {
        // `max` also turns NaN into 1.
        self.multiplier.max(1.0)
    }
}

fn power(exponent: u32) -> i32 {
    i32::try_from(exponent).unwrap_or(i32::MAX)
}

/// Binet's formula; exact as far as the rounding of `f64` lets a whole number be.
fn fibonacci(n: u32) -> f64 {
    let root = 5.0_f64.sqrt();
    (f64::midpoint(1.0, root).powi(power(n)) / root).round()
}

fn sane_ratio(ratio: f64) -> f64 {
    if ratio.is_nan() { 0.0 } else { ratio.clamp(0.0, 1.0) }
}

/// `duration × factor`; what is too long for a `Duration` (or no number at all) is the longest there is.
fn scale(duration: Duration, factor: f64) -> Duration {
    if duration.is_zero() {
        return Duration::ZERO;
    }
    Duration::try_from_secs_f64(duration.as_secs_f64() * factor).unwrap_or(Duration::MAX)
}

fn between(low: Duration, high: Duration, dice: f64) -> Duration {
    low.saturating_add(scale(high.saturating_sub(low), sane_ratio(dice)))
}

#[cfg(test)]
mod tests;
