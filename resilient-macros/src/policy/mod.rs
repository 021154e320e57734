//! One room per policy, named as its attribute: reads its settings, checks them, and writes itself
//! around the call. Rooms do not know one another.

pub(crate) mod circuit_breaker;
pub(crate) mod deadline;
pub(crate) mod fallback;
pub(crate) mod retry;
pub(crate) mod timeout;
