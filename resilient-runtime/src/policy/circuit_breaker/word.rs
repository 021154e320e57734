//! What a circuit shows to those who do not ask it: one word that says whose turn it is. What the states mean
//! is decided in `machine`.

use super::machine::{Machine, Pass, Standing};

/// `generation × 32`, flags and the standing, in one atomic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Word(pub(crate) u64);

impl Word {
    /// Of a circuit that nobody knows yet.
    pub(crate) const ASKS: Self = Self(Self::ASK);

    const CLEAN: u64 = 0;
    const COUNTING: u64 = 1;
    pub(super) const REFUSING: u64 = 2;
    const ASK: u64 = 3;
    /// It matters how long a call takes.
    const TIMED: u64 = 4;
    /// No circuit shows this; the permits of probes do. In the generation's place is the probe's number.
    const PROBE: u64 = 8;
    /// Beside `CLEAN`: a success is counted apart.
    const APART: u64 = 16;
    const FLAGS: u64 = 31;

    pub(super) fn of(machine: &Machine) -> Self {
        let standing = match machine.standing() {
            Standing::Clean => Self::CLEAN,
            Standing::Apart => Self::CLEAN | Self::APART,
            Standing::Counting => Self::COUNTING,
            Standing::Refusing(_) => Self::REFUSING,
            Standing::Ask => Self::ASK,
        };
        let timed = if machine.settings().slow_above() < u64::MAX { Self::TIMED } else { 0 };
        Self(machine.generation() << 5 | timed | standing)
    }

    #[inline]
    pub(super) const fn generation(self) -> u64 {
        self.0 >> 5
    }

    #[inline]
    pub(super) const fn standing(self) -> u64 {
        self.0 & 3
    }

    pub(super) const fn lets_through(self) -> bool {
        self.standing() <= Self::COUNTING
    }

    /// What the permit of a call shows that had to ask: of a closed circuit, what the circuit shows once a
    /// quick success changes nothing.
    pub(super) const fn of_pass(pass: Pass) -> Self {
        match pass {
            Pass::Call { generation } => Self(generation << 5),
            Pass::Probe { number } => Self(number << 5 | Self::PROBE),
        }
    }

    /// The pass of a call whose permit shows this.
    pub(super) const fn pass(self) -> Pass {
        if self.0 & Self::PROBE == 0 {
            Pass::Call { generation: self.generation() }
        } else {
            Pass::Probe { number: self.0 >> 5 }
        }
    }

    /// Lets calls through, and while it is shown a success changes nothing, however long it took.
    #[inline]
    pub(super) const fn is_quick(self) -> bool {
        self.0 & Self::FLAGS == 0
    }

    /// Whether a quick success changes nothing that the machine knows of.
    pub(super) const fn is_clean_for(self, pass: Pass) -> bool {
        matches!(pass, Pass::Call { generation } if generation == self.generation())
            && self.standing() == Self::CLEAN
    }

    pub(super) const fn counts_apart(self) -> bool {
        self.0 & Self::APART != 0
    }
}
