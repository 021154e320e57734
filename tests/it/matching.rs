//! Which errors are meant: `on` with types, variants, patterns and tuples, through chains of sources
//! and erased types; `when`; and what the derive classifies.

use std::error::Error;
use std::fmt;
use std::io;
use std::time::Duration;

use resilient::{RetryClassification, Retryable, Served, fallback, retry};

use crate::support::virtually;

type Erased = Box<dyn Error + Send + Sync>;

#[derive(Debug, thiserror::Error)]
enum HttpError {
    #[error("status {0}")]
    Status(u16),
    #[error("garbage")]
    Garbage { at: usize },
    #[error("closed")]
    Closed,
    #[error("transport")]
    Transport(#[source] io::Error),
    #[error("wrapped")]
    Wrapped(#[source] Box<HttpError>),
}

#[derive(Debug, thiserror::Error)]
#[error("unrelated")]
struct Unrelated;

fn refused() -> io::Error {
    io::ErrorKind::ConnectionRefused.into()
}

/// How often a guarded function runs when it fails with what `error` makes; 1 is "not tried again".
macro_rules! calls {
    ($error_type:ty, $error:expr, $($settings:tt)*) => {{
        #[retry(max_attempts = 2, $($settings)*)]
        fn guarded(calls: &mut u32) -> Result<(), $error_type> {
            *calls += 1;
            Err($error)
        }
        virtually(|_| {
            let mut calls = 0;
            assert!(guarded(&mut calls).is_err());
            calls
        })
    }};
}

#[test]
fn a_type_matches_the_error_itself() {
    assert_eq!(calls!(io::Error, refused(), on = io::Error), 2);
    assert_eq!(calls!(io::Error, refused(), on = std::io::Error), 2);
    assert_eq!(calls!(io::Error, refused(), on = Unrelated), 1);
}

#[test]
fn a_type_matches_along_the_chain_of_sources() {
    assert_eq!(calls!(HttpError, HttpError::Transport(refused()), on = io::Error), 2);
    assert_eq!(
        calls!(HttpError, HttpError::Wrapped(Box::new(HttpError::Transport(refused()))), on = io::Error),
        2
    );
    assert_eq!(calls!(HttpError, HttpError::Closed, on = io::Error), 1);
}

#[test]
fn a_type_is_found_behind_erased_errors() {
    assert_eq!(calls!(Erased, Box::new(refused()), on = io::Error), 2);
    assert_eq!(calls!(Erased, Box::new(HttpError::Transport(refused())), on = io::Error), 2);
    assert_eq!(calls!(Erased, Box::new(HttpError::Closed), on = io::Error), 1);
    assert_eq!(calls!(Erased, "a string".into(), on = io::Error), 1);
    assert_eq!(calls!(Box<dyn Error>, Box::new(refused()), on = io::Error), 2);
    assert_eq!(calls!(Box<dyn Error + Send>, Box::new(refused()), on = io::Error), 2);
}

#[test]
fn a_type_is_found_behind_anyhow() {
    assert_eq!(calls!(anyhow::Error, anyhow::Error::new(refused()), on = io::Error), 2);
    assert_eq!(
        calls!(anyhow::Error, anyhow::Error::new(refused()).context("while asking"), on = io::Error),
        2
    );
    assert_eq!(calls!(anyhow::Error, anyhow::anyhow!("something else"), on = io::Error), 1);
}

#[test]
fn a_variant_matches_whatever_its_shape() {
    assert_eq!(calls!(HttpError, HttpError::Closed, on = HttpError::Closed), 2);
    assert_eq!(calls!(HttpError, HttpError::Status(500), on = HttpError::Status), 2);
    assert_eq!(calls!(HttpError, HttpError::Garbage { at: 1 }, on = HttpError::Garbage), 2);
    assert_eq!(calls!(HttpError, HttpError::Closed, on = HttpError::Garbage), 1);
}

#[test]
fn a_pattern_looks_inside() {
    assert_eq!(calls!(HttpError, HttpError::Status(503), on = HttpError::Status(500..=599)), 2);
    assert_eq!(calls!(HttpError, HttpError::Status(404), on = HttpError::Status(500..=599)), 1);
    assert_eq!(calls!(HttpError, HttpError::Garbage { at: 0 }, on = HttpError::Garbage { at: 0 }), 2);
    assert_eq!(calls!(HttpError, HttpError::Closed, on = HttpError::Closed | HttpError::Status(_)), 2);
}

#[test]
fn a_tuple_matches_when_any_of_it_does() {
    assert_eq!(calls!(HttpError, HttpError::Closed, on = (HttpError::Status(429), HttpError::Closed)), 2);
    assert_eq!(calls!(HttpError, HttpError::Transport(refused()), on = (HttpError::Closed, io::Error)), 2);
    assert_eq!(calls!(HttpError, HttpError::Status(1), on = (HttpError::Closed, io::Error,)), 1);
}

#[test]
fn when_is_a_predicate_and_either_of_both_matches() {
    fn is_server_error(error: &HttpError) -> bool {
        matches!(error, HttpError::Status(500..))
    }
    assert_eq!(calls!(HttpError, HttpError::Status(500), when = is_server_error), 2);
    assert_eq!(calls!(HttpError, HttpError::Status(400), when = is_server_error), 1);
    assert_eq!(
        calls!(HttpError, HttpError::Status(500), when = |error| error.to_string().contains("500")),
        2
    );
    assert_eq!(calls!(HttpError, HttpError::Status(500), on = HttpError::Closed, when = is_server_error), 2);
    assert_eq!(calls!(HttpError, HttpError::Closed, on = HttpError::Closed, when = is_server_error), 2);
    assert_eq!(calls!(HttpError, HttpError::Status(1), on = HttpError::Closed, when = is_server_error), 1);
}

#[test]
fn any_is_written_out() {
    /// Neither `Error`, `Debug`, `Display` nor `Clone`.
    struct Opaque;
    assert_eq!(calls!(Opaque, Opaque, on = any), 2);
    assert_eq!(calls!(Opaque, Opaque, when = |_| true), 2);
}

#[test]
fn what_on_selects_still_brings_its_hint() {
    struct Hinting;
    impl Retryable for Hinting {
        fn retry_classification(&self) -> RetryClassification {
            RetryClassification::Transient { retry_after: Some(Duration::from_secs(77)) }
        }
    }
    #[retry(max_attempts = 2, on = any, jitter = none)]
    fn guarded() -> Result<(), Hinting> {
        Err(Hinting)
    }
    virtually(|clock| {
        assert!(guarded().is_err());
        assert_eq!(clock.sleeps(), [Duration::from_secs(77)]);
    });
}

#[derive(Debug, PartialEq, Retryable)]
#[retryable(default = permanent)]
enum Derived<T: Retryable> {
    #[retryable(transient)]
    Unit,
    #[retryable(transient, retry_after = after)]
    Named {
        after: Option<Duration>,
        #[allow(dead_code)]
        status: u16,
    },
    #[retryable(transient, retry_after = 1)]
    Positional(u16, Duration),
    #[retryable(transparent)]
    Inner(T),
    #[retryable(transparent)]
    InnerNamed {
        source: T,
    },
    Silent(#[allow(dead_code)] String),
}

#[derive(Debug, PartialEq, Retryable)]
#[retryable(transient)]
struct Lost;

#[derive(Retryable)]
#[retryable(transient, retry_after = after)]
struct Throttled {
    after: Duration,
}

#[derive(Retryable)]
enum Never {}

#[test]
fn the_derive_says_what_is_written() {
    let after = |seconds| RetryClassification::Transient { retry_after: Some(Duration::from_secs(seconds)) };
    let classified = |error: Derived<Lost>| error.retry_classification();
    assert_eq!(classified(Derived::Unit), RetryClassification::TRANSIENT);
    assert_eq!(classified(Derived::Named { after: Some(Duration::from_secs(3)), status: 429 }), after(3));
    assert_eq!(classified(Derived::Named { after: None, status: 429 }), RetryClassification::TRANSIENT);
    assert_eq!(classified(Derived::Positional(429, Duration::from_secs(4))), after(4));
    assert_eq!(classified(Derived::Inner(Lost)), RetryClassification::TRANSIENT);
    assert_eq!(classified(Derived::InnerNamed { source: Lost }), RetryClassification::TRANSIENT);
    assert_eq!(classified(Derived::Silent(String::new())), RetryClassification::Permanent);
    assert_eq!(Throttled { after: Duration::from_secs(9) }.retry_classification(), after(9));
    let _: Option<Never> = None;
}

#[test]
fn references_and_boxes_classify_as_what_they_hold() {
    assert_eq!(<&Lost>::retry_classification(&&Lost), RetryClassification::TRANSIENT);
    assert_eq!(Box::new(Lost).retry_classification(), RetryClassification::TRANSIENT);
    assert_eq!(std::sync::Arc::new(Lost).retry_classification(), RetryClassification::TRANSIENT);
}

#[derive(Debug, thiserror::Error, Retryable)]
#[retryable(default = permanent)]
enum Carrying {
    #[error(transparent)]
    #[retryable(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    #[retryable(transparent)]
    Http { source: Http },
    #[error("other")]
    Other,
}

#[derive(Debug, thiserror::Error, Retryable)]
#[retryable(transient)]
#[error("http")]
struct Http(#[source] Unrelated);

#[test]
fn a_type_is_found_in_what_a_transparent_variant_holds() {
    // `#[error(transparent)]` takes what it holds out of its own chain of sources.
    assert!(Carrying::from(refused()).source().is_none());
    assert_eq!(calls!(Carrying, refused().into(), on = io::Error), 2);
    assert_eq!(calls!(Carrying, Carrying::Http { source: Http(Unrelated) }, on = Http), 2);
    assert_eq!(calls!(Carrying, Carrying::Http { source: Http(Unrelated) }, on = Unrelated), 2);
    assert_eq!(calls!(Carrying, Carrying::Other, on = io::Error), 1);
    assert_eq!(calls!(Box<Carrying>, Box::new(refused().into()), on = io::Error), 2);
}

#[derive(Debug)]
struct Custom(bool);

impl fmt::Display for Custom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "custom {}", self.0)
    }
}

#[fallback(default = 1, when = |error| error.0)]
fn degrades_when_told(yes: bool) -> Result<Served<u8>, Custom> {
    Err(Custom(yes))
}

#[test]
fn a_fallback_leaves_other_errors_alone() {
    let served = degrades_when_told(true).unwrap();
    assert_eq!(served.degradation().unwrap().error, "custom true");
    assert!(!degrades_when_told(false).unwrap_err().0, "the same value");
}
