//! One room per policy, named as its attribute. Rooms do not know one another.

pub(crate) mod circuit_breaker;
pub(crate) mod deadline;
pub(crate) mod fallback;
pub(crate) mod retry;
pub(crate) mod timeout;
