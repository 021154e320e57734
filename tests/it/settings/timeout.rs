//! The settings of `#[timeout]` and `#[deadline]`.

use std::time::Duration;

use resilient::{TimeoutError, deadline, timeout};

use crate::support::{Fault, paused};

#[test]
fn each_setting_does_what_it_says() {
    let of_a_limit: [(&str, fn()); 3] = [("secs", secs), ("ms", ms), ("operation", operation)];
    super::shown(resilient::__private::ide::names::deadline, &of_a_limit);
    let mut of_an_attempt = of_a_limit.to_vec();
    #[cfg(feature = "stream")]
    of_an_attempt.push(("idle", idle));
    #[cfg(not(feature = "stream"))]
    of_an_attempt.push(("idle", || {}));
    super::shown(resilient::__private::ide::names::timeout, &of_an_attempt);
}

/// The error of a call that never ends, under each of both with these settings.
macro_rules! ended {
    ($($setting:tt)*) => {{
        #[timeout($($setting)*)]
        async fn attempt() -> Result<(), Fault> {
            std::future::pending().await
        }
        #[deadline($($setting)*)]
        async fn whole() -> Result<(), Fault> {
            std::future::pending().await
        }
        [paused(attempt()), paused(whole())].map(|out| match out {
            Err(Fault::Timeout(TimeoutError { operation, limit })) => (operation, limit),
            out => panic!("{out:?}"),
        })
    }};
}

const MINUTE: Duration = Duration::from_secs(60);

fn secs() {
    assert_eq!(ended!(secs = 60), [("attempt", MINUTE), ("whole", MINUTE)]);
    assert_eq!(ended!("1m"), ended!(secs = 60));
}

fn ms() {
    assert_eq!(ended!(ms = 60_000), ended!(secs = 60));
}

fn operation() {
    assert_eq!(ended!(secs = 60, operation = "lookup"), [("lookup", MINUTE); 2]);
}

#[cfg(feature = "stream")]
fn idle() {
    use futures_util::stream::{self, BoxStream, StreamExt as _};

    #[timeout(idle = "1m")]
    async fn silent() -> Result<BoxStream<'static, Result<u32, Fault>>, Fault> {
        Ok(stream::iter([Ok(1)]).chain(stream::pending()).boxed())
    }
    let items: Vec<_> = paused(async { silent().await.unwrap().collect().await });
    assert!(matches!(&items[..], [Ok(1), Err(Fault::Timeout(error))] if error.limit == MINUTE), "{items:?}");
}
