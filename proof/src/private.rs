//! What the runtime's files say of a call's outcome, for the one kind of outcome that models have.

/// Success or failure, by reference.
pub trait Outcome {
    type Value;
    type Error;
    fn seen(&self) -> Result<&Self::Value, &Self::Error>;
}

impl<T, E> Outcome for Result<T, E> {
    type Value = T;
    type Error = E;
    fn seen(&self) -> Result<&T, &E> {
        self.as_ref()
    }
}
