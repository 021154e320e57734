//! Bounding futures, on a paused clock wherever time itself is not the subject. Closures that block
//! are tested in `blocking` below; stacks of policies are the integration tests'.

#![allow(clippy::unwrap_used)]

mod blocking;
mod own_process;
#[cfg(feature = "tokio")]
mod polled;
mod reused;
