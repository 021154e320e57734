//! The builders of the runtime refuse, in `const` evaluation, what the attributes refuse, in the same words.
/// The first line of a panic.
fn refused<T>(build: impl FnOnce() -> T + std::panic::UnwindSafe) -> String {
    let panic = std::panic::catch_unwind(build).err();
    let sentence = panic.and_then(|panic| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
    sentence.unwrap_or_default().lines().next().unwrap_or_default().to_owned()
}

/// What the attribute says about some settings, first lines only.
fn reported(name: &'static str, settings: &str) -> Vec<String> {
    let tokens = |text: &str| text.parse().unwrap_or_default();
    let out = crate::stack::expand(
        name,
        tokens(settings),
        tokens("fn f() -> Result<Served<u32>, Fault> { Ok(1) }"),
    );
    let mut said = Vec::new();
    let mut words = out.into_iter().peekable();
    while let Some(word) = words.next() {
        if word.to_string() != "compile_error" {
            continue;
        }
        let arguments = words.find_map(|word| match word {
            proc_macro2::TokenTree::Group(group) => Some(group.stream()),
            _ => None,
        });
        let text: Option<syn::LitStr> = arguments.and_then(|arguments| syn::parse2(arguments).ok());
        said.extend(text.and_then(|text| text.value().lines().next().map(str::to_owned)));
    }
    said
}

#[test]
fn builders_say_the_same_as_attributes() {
    use std::time::Duration;

    use resilient::{BackoffShape, CircuitBreaker, Jitter, Retry, Window};

    type Refused = fn() -> String;
    let cases: &[(&'static str, &str, Refused)] = &[
        ("retry", "max_attempts = 0", || refused(|| Retry::new().max_attempts(0))),
        ("retry", "max_attempts = 101", || refused(|| Retry::new().max_attempts(101))),
        ("retry", "max_retries = 100", || refused(|| Retry::new().max_retries(100))),
        ("retry", "max_attempts = 3, max_retries = 2", || {
            refused(|| Retry::new().max_attempts(3).max_retries(2))
        }),
        ("retry", "base_delay = 0", || refused(|| Retry::new().base_delay(Duration::ZERO))),
        ("retry", "max_delay = 0", || refused(|| Retry::new().max_delay(Duration::ZERO))),
        ("retry", "max_retry_after = 0", || refused(|| Retry::new().max_retry_after(Duration::ZERO))),
        ("retry", "multiplier = 0.5", || refused(|| Retry::new().multiplier(0.5))),
        ("retry", "jitter = 2", || refused(|| Retry::new().jitter(Jitter::Ratio(2.0)))),
        ("retry", "base_delay = 9, max_delay = 5", || {
            refused(|| Retry::new().base_delay(Duration::from_secs(9)).max_delay(Duration::from_secs(5)))
        }),
        ("retry", "backoff = linear, multiplier = 3", || {
            refused(|| Retry::new().backoff(BackoffShape::Linear).multiplier(3.0))
        }),
        ("retry", "backoff = none, base_delay = 1", || {
            refused(|| Retry::new().backoff(BackoffShape::None).base_delay(Duration::from_secs(1)))
        }),
        ("retry", "backoff = decorrelated, jitter = full", || {
            refused(|| Retry::new().backoff(BackoffShape::Decorrelated).jitter(Jitter::Full))
        }),
        ("circuit_breaker", "name = \"\"", || refused(|| CircuitBreaker::new(""))),
        ("circuit_breaker", "failure_threshold = 0", || {
            refused(|| CircuitBreaker::new("x").failure_threshold(0))
        }),
        ("circuit_breaker", "failure_rate = 0", || refused(|| CircuitBreaker::new("x").failure_rate(0.0))),
        ("circuit_breaker", "failure_rate = 50", || refused(|| CircuitBreaker::new("x").failure_rate(50.0))),
        ("circuit_breaker", "failure_rate = 1, window = 0", || {
            refused(|| CircuitBreaker::new("x").window(Window::Calls(0)))
        }),
        ("circuit_breaker", "failure_rate = 1, window = 2000000", || {
            refused(|| CircuitBreaker::new("x").window(Window::Calls(2_000_000)))
        }),
        ("circuit_breaker", "failure_rate = 1, window = \"0s\"", || {
            refused(|| CircuitBreaker::new("x").window(Window::Time(Duration::ZERO)))
        }),
        ("circuit_breaker", "failure_rate = 1, minimum_calls = 0", || {
            refused(|| CircuitBreaker::new("x").minimum_calls(0))
        }),
        ("circuit_breaker", "failure_rate = 1, window = 5, minimum_calls = 6", || {
            refused(|| CircuitBreaker::new("x").window(Window::Calls(5)).minimum_calls(6))
        }),
        ("circuit_breaker", "failure_rate = 1, failure_threshold = 6", || {
            refused(|| CircuitBreaker::new("x").failure_rate(1.0).failure_threshold(6))
        }),
        ("circuit_breaker", "slow_call_rate = 0.5, slow_call = 0", || {
            refused(|| CircuitBreaker::new("x").slow_call(Duration::ZERO))
        }),
        ("circuit_breaker", "slow_call_rate = 5, slow_call = 1", || {
            refused(|| CircuitBreaker::new("x").slow_call_rate(5.0))
        }),
        ("circuit_breaker", "recovery_timeout = 0", || {
            refused(|| CircuitBreaker::new("x").recovery_timeout(Duration::ZERO))
        }),
        ("circuit_breaker", "max_recovery_timeout = 0", || {
            refused(|| CircuitBreaker::new("x").max_recovery_timeout(Duration::ZERO))
        }),
        ("circuit_breaker", "recovery_timeout = 9, max_recovery_timeout = 5", || {
            let nine = CircuitBreaker::new("x").recovery_timeout(Duration::from_secs(9));
            refused(std::panic::AssertUnwindSafe(|| nine.max_recovery_timeout(Duration::from_secs(5))))
        }),
        ("circuit_breaker", "probe_timeout = 0", || {
            refused(|| CircuitBreaker::new("x").probe_timeout(Duration::ZERO))
        }),
        ("circuit_breaker", "half_open_max_calls = 0", || {
            refused(|| CircuitBreaker::new("x").half_open_max_calls(0))
        }),
        ("circuit_breaker", "success_threshold = 0", || {
            refused(|| CircuitBreaker::new("x").success_threshold(0))
        }),
    ];
    for (name, settings, refused) in cases {
        assert_eq!(reported(name, settings), [refused()], "#[{name}({settings})]");
    }
}
