//! What a tier of a fallback gives: a `Result` at once, or a future of one, whichever the user wrote. Only
//! generated code comes here; which tier follows is written there.

use std::future::{Future, Ready, ready};

/// What the tier of an async function came to; to be asked for what there is to await.
#[derive(Debug)]
pub struct Came<O>(O);

impl<T, E> Came<Result<T, E>> {
    /// There is nothing to wait for.
    pub fn later(self) -> Ready<Result<T, E>> {
        ready(self.0)
    }
}

/// For whatever is no `Result`: a future, or a mistake.
pub trait Later<O> {
    /// As it is.
    fn later(self) -> O;
}

impl<O> Later<O> for Came<O> {
    fn later(self) -> O {
        self.0
    }
}

/// What a tier of an async function may give.
#[diagnostic::on_unimplemented(
    message = "a tier of a fallback gives a `Result` of the function's own types, or a future of one",
    label = "write `Ok(…)`, or `Err(error)` for the next tier"
)]
pub trait TierFuture<T, E>: Future<Output = Result<T, E>> {}

#[diagnostic::do_not_recommend]
impl<T, E, F: Future<Output = Result<T, E>>> TierFuture<T, E> for F {}

/// Runs the next tier; gives the user's closure the type of its parameter.
#[inline]
pub fn came<E, O>(error: E, tier: impl FnOnce(E) -> O) -> Came<O> {
    Came(tier(error))
}

/// What `Came::later` gave, as a future of the function's own result.
#[inline]
pub fn awaited<T, E>(tier: impl TierFuture<T, E>) -> impl Future<Output = Result<T, E>> {
    tier
}
