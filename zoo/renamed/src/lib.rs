//! Knows `resilient` by other names only: renamed in `Cargo.toml`, and passed on by a facade.

/// Renamed.
pub mod renamed {
    use sturdy::{CircuitOpenError, Retryable, Served, TimeoutError};
    use sturdy::{circuit_breaker, deadline, fallback, retry, timeout};

    /// What can go wrong.
    #[derive(Debug, Retryable)]
    #[retryable(crate = sturdy, default = transient)]
    pub enum Fault {
        /// Too late.
        Timeout(TimeoutError),
        /// Refused.
        CircuitOpen(CircuitOpenError),
    }

    impl From<TimeoutError> for Fault {
        fn from(error: TimeoutError) -> Self {
            Self::Timeout(error)
        }
    }

    impl From<CircuitOpenError> for Fault {
        fn from(error: CircuitOpenError) -> Self {
            Self::CircuitOpen(error)
        }
    }

    /// All of them; one says the name for all.
    ///
    /// # Errors
    /// None.
    #[fallback(default = 0)]
    #[deadline(secs = 100)]
    #[circuit_breaker]
    #[retry(crate = sturdy)]
    #[timeout(secs = 1)]
    pub async fn awaited(text: String) -> Result<Served<usize>, Fault> {
        std::future::ready(()).await;
        Ok(text.len().into())
    }

    /// Each says it.
    ///
    /// # Errors
    /// None.
    #[sturdy::retry(crate = sturdy, when = |error| matches!(error, Fault::Timeout(_)))]
    pub fn blocking(text: &str) -> Result<usize, Fault> {
        Ok(text.len())
    }
}

/// Passed on.
pub mod passed_on {
    use resilient_zoo_facade::protection::{self, Served};

    use crate::renamed::Fault;

    /// With its path.
    ///
    /// # Errors
    /// None.
    #[protection::fallback(default = 0, crate = resilient_zoo_facade::protection)]
    pub fn blocking(text: String) -> Result<Served<usize>, Fault> {
        Ok(text.len().into())
    }
}

#[cfg(test)]
mod tests {
    #[tokio::test(start_paused = true)]
    async fn they_are_guarded() {
        assert!(super::renamed::awaited("a".into()).await.is_ok_and(|served| *served == 1));
        assert!(super::renamed::blocking("a").is_ok_and(|length| length == 1));
        assert!(super::passed_on::blocking("a".into()).is_ok_and(|served| *served == 1));
    }
}
