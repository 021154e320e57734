//! A stream under a fallback: whoever goes with a stream finds it inside the `Served` that says whether it is
//! the full service's. What goes with it is not known here.

use super::{Degradable as _, Degradation, Served};
use crate::stream::{Around, FallibleStream, Streaming};

/// What a `Served` says of its value.
#[derive(Debug)]
pub struct Mark(Option<Degradation>);

#[diagnostic::do_not_recommend]
impl<S: FallibleStream> Streaming<Mark> for Served<S> {
    type Stream = S;
    type Around = Mark;

    fn part(self) -> (S, Mark) {
        let how = self.degradation().cloned();
        (self.into_inner(), Mark(how))
    }
}

impl Around for Mark {
    type Of<W> = Served<W>;

    fn put<W>(self, stream: W) -> Served<W> {
        let served = Served::from(stream);
        match self.0 {
            Some(how) => served.degraded(how),
            None => served,
        }
    }
}
