//! Fields in which a value of the user's own says that it is degraded: what `#[derive(Degradable)]` sets and
//! asks. Which fields those are is written at the struct.

use super::Degradation;

/// Types of such fields. Never implemented by hand.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot say that a value is degraded",
    label = "neither `bool` nor `Option<Degradation>`",
    note = "mark a `bool`, or an `Option<resilient::Degradation>`; for anything else implement `resilient::Degradable` by hand"
)]
pub trait Mark {
    /// Says it.
    fn set(&mut self, how: &Degradation);
    /// Whether it says so.
    fn is_set(&self) -> bool;
}

impl Mark for bool {
    fn set(&mut self, _: &Degradation) {
        *self = true;
    }

    fn is_set(&self) -> bool {
        *self
    }
}

impl Mark for Option<Degradation> {
    /// What is further from the full service stays.
    fn set(&mut self, how: &Degradation) {
        if self.as_ref().is_none_or(|known| known.tier <= how.tier) {
            *self = Some(how.clone());
        }
    }

    fn is_set(&self) -> bool {
        self.is_some()
    }
}
