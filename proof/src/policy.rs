//! The breaker's files, in the places where they look for one another.

pub(crate) mod circuit_breaker;
