//! One room per policy, named as its attribute. Rooms do not know one another; `description` shows them side
//! by side, and `served_stream` lets some see through another's mark.

pub(crate) mod circuit_breaker;
pub(crate) mod deadline;
pub(crate) mod description;
pub(crate) mod fallback;
pub(crate) mod retry;
#[cfg(feature = "stream")]
mod served_stream;
pub(crate) mod timeout;
