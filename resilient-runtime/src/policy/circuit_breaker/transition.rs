//! Changes of state, and why a circuit opened. When there is one is decided in `machine`.

use std::time::Duration;

use super::state::CircuitState;
use crate::window::Counts;

/// A change of state that was just made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transition {
    Opened { cause: Cause, period: Duration },
    ForcedOpen,
    HalfOpened,
    Closed,
}

impl Transition {
    /// The state that it leads to.
    pub(crate) const fn leads_to(self) -> CircuitState {
        match self {
            Self::Opened { .. } | Self::ForcedOpen => CircuitState::Open,
            Self::HalfOpened => CircuitState::HalfOpen,
            Self::Closed => CircuitState::Closed,
        }
    }
}

/// Why a circuit opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// So many failures in a row.
    Failures(u32),
    FailureRate(Counts),
    SlowCallRate(Counts),
    FailedProbe,
    SlowProbe,
}
