//! One room per policy, named as its attribute. Rooms do not know one another; `description` shows them side
//! by side.

pub(crate) mod circuit_breaker;
pub(crate) mod deadline;
pub(crate) mod description;
pub(crate) mod fallback;
pub(crate) mod retry;
pub(crate) mod timeout;
