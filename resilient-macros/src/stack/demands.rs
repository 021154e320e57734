//! What is to be known of policies by who hands them on: what they ask of an error type that is not known yet, by
//! the names of the runtime's traits, and whether they make further attempts.

use syn::Meta;

use super::{Policy, last_name};
use crate::args::Common;
use crate::report::Report;
use crate::written;

/// Of those attributes. What is wrong with their settings they say themselves.
pub(crate) fn demands(attributes: &[Meta]) -> Vec<&'static str> {
    let (mut common, mut report) = (Common::default(), Report::default());
    let policies = attributes.iter().filter_map(|attribute| {
        let tokens = written::meta_tokens(attribute).ok()?;
        Policy::parse(&last_name(attribute.path()), tokens, &mut common, &mut report)
    });
    policies.flat_map(|policy| policy.demands()).collect()
}

/// Whether it makes further attempts, and so goes by the numbers of a `RetryConfig`.
pub(crate) fn repeats(attribute: &Meta) -> bool {
    last_name(attribute.path()) == "retry"
}

impl Policy {
    fn demands(&self) -> Vec<&'static str> {
        match self {
            Self::Fallback(policy) => policy.demands(),
            Self::Deadline(_) | Self::Timeout(_) => vec!["CarriesTimeout"],
            Self::CircuitBreaker(policy) => policy.demands(),
            Self::Retry(policy) => policy.demands(),
        }
    }
}
