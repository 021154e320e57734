//! Knows `resilient` by other names only: renamed in `Cargo.toml`, and passed on by a facade.

/// Renamed.
pub mod renamed {
    use sturdy::{CircuitOpenError, Retryable, Served, TimeoutError};
    use sturdy::{circuit_breaker, deadline, decorator, fallback, retry, timeout};

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

    /// The trait says it for all that is in it.
    #[decorator(GuardedAsk, crate = sturdy)]
    pub trait Ask {
        /// What can go wrong.
        type Error;

        /// Asks.
        ///
        /// # Errors
        /// Its own.
        #[retry]
        fn ask(&self, text: String) -> Result<usize, Self::Error>;

        /// By the name under which the crate is known.
        ///
        /// # Errors
        /// Its own.
        #[sturdy::retry(on = any)]
        fn again(&self) -> Result<usize, Self::Error>;
    }

    impl Ask for usize {
        type Error = Fault;

        fn ask(&self, text: String) -> Result<usize, Fault> {
            Ok(text.len() + self)
        }

        fn again(&self) -> Result<usize, Fault> {
            Ok(*self)
        }
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
    use resilient_zoo_facade::protection::{self, Served, timeout};

    use crate::renamed::Fault;

    /// With its path.
    ///
    /// # Errors
    /// None.
    #[protection::fallback(default = 0, crate = resilient_zoo_facade::protection)]
    pub fn blocking(text: String) -> Result<Served<usize>, Fault> {
        Ok(text.len().into())
    }

    /// With its path, for all that is in it.
    #[protection::decorator(GuardedAsk, crate = resilient_zoo_facade::protection)]
    #[allow(async_fn_in_trait)]
    pub trait Ask {
        /// What can go wrong.
        type Error;

        /// Asks.
        ///
        /// # Errors
        /// Its own.
        #[timeout(secs = 1)]
        async fn ask(&self, text: String) -> Result<usize, Self::Error>;
    }

    impl Ask for usize {
        type Error = Fault;

        async fn ask(&self, text: String) -> Result<usize, Fault> {
            std::future::ready(()).await;
            Ok(text.len() + self)
        }
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

    #[test]
    fn traits_are_guarded() {
        use super::renamed::{Ask as _, GuardedAsk};
        let asks = GuardedAsk::new(1);
        assert_eq!((asks.ask("a".into()).ok(), asks.again().ok()), (Some(2), Some(1)));
    }

    #[tokio::test(start_paused = true)]
    async fn traits_are_guarded_through_a_facade() {
        use super::passed_on::{Ask as _, GuardedAsk};
        assert_eq!(GuardedAsk::new(1).ask("a".into()).await.ok(), Some(2));
    }
}
