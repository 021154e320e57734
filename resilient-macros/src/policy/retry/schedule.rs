//! How long a retry can take at the most, as far as that is known while compiling. The formulas are the
//! runtime's, which a macro cannot call; a test below holds the two against each other.

use std::time::Duration;

/// The settings that decide about delays, all of them known.
#[derive(Clone, Copy)]
pub(crate) struct Schedule {
    pub(crate) attempts: u32,
    pub(crate) backoff: &'static str,
    pub(crate) base_delay: Duration,
    pub(crate) multiplier: f64,
    pub(crate) max_delay: Duration,
    /// What jitter can add, as a share of the delay.
    pub(crate) jitter: f64,
}

impl Schedule {
    /// The runtime's `RetryConfig::default()`.
    pub(crate) const DEFAULT: Self = Self {
        attempts: 3,
        backoff: "exponential",
        base_delay: Duration::from_secs(1),
        multiplier: 2.0,
        max_delay: Duration::from_secs(30),
        jitter: 0.1,
    };

    /// The delays before jitter.
    pub(crate) fn delays(self) -> impl Iterator<Item = Duration> {
        Self { jitter: 0.0, ..self }.longest_delays()
    }

    /// How they are spread, in words.
    pub(crate) fn spread(&self) -> String {
        match (self.backoff, self.jitter) {
            ("decorrelated", _) => "at most; drawn at random".into(),
            (backoff, jitter) if jitter > 0.0 => {
                format!("{backoff}, plus up to {} %", (jitter * 100.0).round())
            }
            (backoff, _) => format!("{backoff}, at most"),
        }
    }

    /// The longest delay after each attempt that may be followed by another; hints of a server aside.
    pub(crate) fn longest_delays(self) -> impl Iterator<Item = Duration> {
        (1..self.attempts).map(move |attempt| {
            let longest = self.base_delay.as_secs_f64() * self.factor(attempt) * (1.0 + self.jitter);
            Duration::try_from_secs_f64(longest).map_or(self.max_delay, |delay| delay.min(self.max_delay))
        })
    }

    fn factor(&self, attempt: u32) -> f64 {
        let power = |base: f64, exponent: u32| base.powi(i32::try_from(exponent).unwrap_or(i32::MAX));
        match self.backoff {
            "linear" => f64::from(attempt),
            "constant" => 1.0,
            "fibonacci" => (1..attempt).fold((0.0, 1.0), |(before, last), _| (last, before + last)).1,
            "decorrelated" => power(3.0, attempt),
            "none" => 0.0,
            _ => power(self.multiplier, attempt - 1),
        }
    }

    /// The longest that all attempts and the delays between them take, one attempt taking `attempt`.
    pub(crate) fn longest(&self, attempt: Duration) -> Duration {
        let delays = self.longest_delays().fold(Duration::ZERO, Duration::saturating_add);
        attempt.saturating_mul(self.attempts).saturating_add(delays)
    }
}

#[cfg(test)]
mod tests {
    use super::Schedule;
    use std::time::Duration;

    fn millis(schedule: Schedule) -> Vec<u128> {
        schedule.longest_delays().map(|delay| delay.as_millis()).collect()
    }

    #[test]
    fn the_longest_delays_are_the_schedules_with_all_jitter() {
        let schedule =
            Schedule { attempts: 6, jitter: 0.0, max_delay: Duration::from_secs(5), ..Schedule::DEFAULT };
        for (backoff, expected) in [
            ("exponential", [1_000, 2_000, 4_000, 5_000, 5_000]),
            ("linear", [1_000, 2_000, 3_000, 4_000, 5_000]),
            ("constant", [1_000; 5]),
            ("fibonacci", [1_000, 1_000, 2_000, 3_000, 5_000]),
            ("decorrelated", [3_000, 5_000, 5_000, 5_000, 5_000]),
            ("none", [0; 5]),
        ] {
            assert_eq!(millis(Schedule { backoff, ..schedule }), expected, "{backoff}");
        }
        assert_eq!(millis(Schedule { jitter: 0.1, ..schedule }), [1_100, 2_200, 4_400, 5_000, 5_000]);
        assert_eq!(millis(Schedule { attempts: 1, ..schedule }), [] as [u128; 0]);
    }

    #[test]
    fn the_formulas_are_the_runtimes() {
        type New = fn(Duration) -> resilient::Backoff;
        let shapes: [(&str, New); 5] = [
            ("exponential", resilient::Backoff::exponential),
            ("linear", resilient::Backoff::linear),
            ("constant", resilient::Backoff::constant),
            ("fibonacci", resilient::Backoff::fibonacci),
            ("decorrelated", resilient::Backoff::decorrelated),
        ];
        for (backoff, new) in shapes {
            for (base, multiplier, max) in [(1, 2.0, 30_000), (700, 1.5, 30_000), (40, 10.0, u64::MAX)] {
                let [base_delay, max_delay] = [base, max].map(Duration::from_millis);
                let ours =
                    Schedule { attempts: 100, backoff, base_delay, multiplier, max_delay, jitter: 0.0 };
                let theirs = new(base_delay).multiplier(multiplier).max_delay(max_delay);
                for (attempt, (ours, theirs)) in ours.longest_delays().zip(theirs.delays()).enumerate() {
                    let difference = ours.abs_diff(theirs).as_secs_f64() / theirs.as_secs_f64();
                    assert!(difference < 1e-6, "{backoff}, attempt {attempt}: {ours:?} and {theirs:?}");
                }
            }
        }
        let defaults = resilient::RetryConfig::default();
        assert_eq!(defaults.max_attempts, Schedule::DEFAULT.attempts);
        assert_eq!(defaults.base_delay, Schedule::DEFAULT.base_delay);
        assert_eq!(defaults.max_delay, Schedule::DEFAULT.max_delay);
        assert_eq!(defaults.jitter, resilient::Jitter::Ratio(Schedule::DEFAULT.jitter));
    }

    #[test]
    fn the_longest_call_is_all_attempts_and_delays() {
        let schedule = Schedule { base_delay: Duration::from_secs(2), ..Schedule::DEFAULT };
        assert_eq!(schedule.longest(Duration::from_secs(120)), Duration::from_millis(366_600));
        assert_eq!(schedule.longest(Duration::MAX), Duration::MAX);
    }
}
