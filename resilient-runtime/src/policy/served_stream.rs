//! A stream under a fallback: the policies that go with a stream find it inside the `Served` that says whether
//! it is the full service's. What a fallback does, and what the others do, is their own business.

use super::fallback::{Degradable as _, Degradation, Served};
use crate::stream::{FallibleStream, Streaming};

impl<S: FallibleStream> Streaming for Served<S> {
    type Stream = S;
    type Rest = Option<Degradation>;
    type With<W> = Served<W>;

    fn part(self) -> (S, Option<Degradation>) {
        let how = self.degradation().cloned();
        (self.into_inner(), how)
    }

    fn whole(stream: S, how: Option<Degradation>) -> Self {
        Self::with(stream, how)
    }

    fn with<W>(stream: W, how: Option<Degradation>) -> Served<W> {
        let served = Served::from(stream);
        match how {
            Some(how) => served.degraded(how),
            None => served,
        }
    }
}
