//! One stack above a sync and an async function, called alike: what the two come to must not differ.
//! The macros that write and compare them are here; the stacks are in `stacks`.

use resilient::Served;

use crate::support::{Events, Fault, Service, Step, paused, virtually};

/// One stack above a sync and an async function.
macro_rules! stack {
    ($name:ident: $(#[$attribute:meta])+) => {
        mod $name {
            #[allow(unused_imports)]
            use resilient::{Served, circuit_breaker, deadline, fallback, retry, timeout};

            use crate::support::{Fault, Service};

            $(#[$attribute])+
            pub(super) fn blocking(service: Service) -> Result<Served<u32>, Fault> {
                Ok(service.call()?.into())
            }

            $(#[$attribute])+
            pub(super) async fn suspending(service: Service) -> Result<Served<u32>, Fault> {
                Ok(service.call_async().await?.into())
            }
        }
    };
}

/// What some calls in a row came to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    /// The result of each call, with the number of times the body had run by then.
    pub(crate) results: Vec<(String, usize)>,
    pub(crate) events: Vec<String>,
}

fn described(result: &Result<Served<u32>, Fault>) -> String {
    match result {
        Ok(served) if served.is_degraded() => format!("degraded {}", **served),
        Ok(served) => format!("full {}", **served),
        Err(Fault::CircuitOpen(_)) => "circuit open".to_owned(),
        Err(Fault::Timeout(_)) => "timed out".to_owned(),
        Err(error) => error.to_string(),
    }
}

/// Makes `calls` calls of both functions of a stack; they must not differ.
pub(crate) fn seen(
    calls: usize,
    script: &[Step],
    blocking: impl Fn(Service) -> Result<Served<u32>, Fault>,
    suspending: impl AsyncFn(Service) -> Result<Served<u32>, Fault>,
) -> Seen {
    let by_thread = virtually(|clock| {
        let (events, _guard) = Events::collect();
        let service = Service::new(script, Some(clock.handle()));
        let results = (0..calls)
            .map(|_| {
                let result = blocking(service.clone());
                (described(&result), service.calls())
            })
            .collect();
        Seen { results, events: events.names() }
    });
    let by_task = paused(async {
        let (events, _guard) = Events::collect();
        let service = Service::new(script, None);
        let mut results = Vec::new();
        for _ in 0..calls {
            let result = suspending(service.clone()).await;
            results.push((described(&result), service.calls()));
        }
        Seen { results, events: events.names() }
    });
    assert_eq!(by_thread, by_task, "sync and async differ");
    by_thread
}

macro_rules! assert_seen {
    ($stack:ident, $script:expr, [$($result:literal @ $calls:literal),+], [$($event:literal),*]) => {{
        let results: &[(&str, usize)] = &[$(($result, $calls)),+];
        let seen = $crate::both_ways::seen(results.len(), &$script, $stack::blocking, $stack::suspending);
        let expected = $crate::both_ways::Seen {
            results: results.iter().map(|(result, calls)| ((*result).to_owned(), *calls)).collect(),
            events: [$($event),*].map(str::to_owned).to_vec(),
        };
        assert_eq!(seen, expected);
    }};
}
