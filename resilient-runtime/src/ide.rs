//! The names of all settings, for editors: in an editor the attributes import what is being typed from
//! here, and so the editor proposes what there is. Nothing is used when a program is compiled.

/// A module for each attribute; in `words`, one for each of its settings whose value is a word; in `names`,
/// all of its settings' names.
macro_rules! settings {
    ($($(#[doc = $page:literal])* $attribute:ident {
        $($(#[doc = $doc:literal])* $name:ident $(: $($word:ident)|+)?,)*
    })*) => {
        $(
            $(#[doc = $page])*
            #[allow(non_upper_case_globals)]
            pub mod $attribute {
                $($(#[doc = $doc])* pub const $name: () = ();)*
            }
        )*

        /// What settings take that take a word.
        #[allow(non_upper_case_globals)]
        pub mod words {
            $(
                $(#[doc = $page])*
                pub mod $attribute {
                    $($(
                        #[doc = "What it takes."]
                        pub mod $name {
                            $(#[doc = "A word."] pub const $word: () = ();)+
                        }
                    )?)*
                }
            )*
        }

        /// For the test that holds them against the attributes.
        #[allow(non_upper_case_globals)]
        pub mod names {
            $($(#[doc = $page])* pub const $attribute: &[&str] = &[$(stringify!($name)),*];)*
        }
    };
}

settings! {
    /// `#[retry(…)]`
    retry {
        /// Calls in all, the first included: 1 to 100. Default 3.
        max_attempts,
        /// Calls after the first: 0 to 99. Instead of `max_attempts`.
        max_retries,
        /// Which errors are tried again: a type, a variant, a pattern, a tuple of them, or `any`.
        on,
        /// Which errors are tried again: a predicate on the error.
        when,
        /// Which values are taken: a predicate on the value.
        until,
        /// An attempt lasts until the first item of its stream.
        until_first_item,
        /// How delays grow. Default `exponential`.
        backoff: exponential | linear | constant | fibonacci | decorrelated | none,
        /// The first delay. Default 1 s.
        base_delay,
        /// Growth of `exponential`, at least 1. Default 2.
        multiplier,
        /// No delay of its own is longer. Default 30 s.
        max_delay,
        /// The longest hint of a server that is waited for. Default 5 min.
        max_retry_after,
        /// How delays are spread: a ratio, `full`, `equal` or `none`. Default 0.1.
        jitter: full | equal | none,
        /// Retries per call, over many calls (`0.1`), or a `static` `RetryBudget`.
        budget,
        /// What it does inside the repeated attempt of another retry. Default `report`.
        nested: report | collapse,
        /// An expression that gives a `RetryConfig`; instead of the numbers.
        config,
        /// The function's documentation describes the stack.
        docs,
        /// `describe!` gives the function's policies as a value.
        describe,
    }
    /// `#[circuit_breaker(…)]`
    circuit_breaker {
        /// Breakers of one name are one breaker. Default: the path of the function.
        name,
        /// Failures in a row that open it, at least 1. Default 5.
        failure_threshold,
        /// The share of failures that opens it, above 0 and up to 1. Instead of `failure_threshold`.
        failure_rate,
        /// What rates are taken over: calls (`100`) or a time (`"10s"`). Default 100 calls.
        window,
        /// So many calls before a rate is judged. Default 10.
        minimum_calls,
        /// A call that takes longer is slow.
        slow_call,
        /// The share of slow calls that opens it.
        slow_call_rate,
        /// How long it stays open. Default 30 s.
        recovery_timeout,
        /// Up to this long, when it trips again and again. Default `recovery_timeout`.
        max_recovery_timeout,
        /// Probes at once. Default 1.
        half_open_max_calls,
        /// Successful probes that close it. Default 1.
        success_threshold,
        /// How long a probe may hold its place.
        probe_timeout,
        /// Which errors are failures: a type, a variant, a pattern, a tuple of them, or `any`.
        on,
        /// Which errors are failures: a predicate on the error.
        when,
        /// What other errors count as. Default `success`.
        otherwise: success | neutral,
        /// A circuit for each value of this expression.
        key,
        /// So many of them are kept. Default 1024.
        max_keys,
        /// Sees every attempt instead of every call.
        per_attempt,
        /// A call lasts until its stream ends.
        until_end,
        /// The function's documentation describes the stack.
        docs,
        /// `describe!` gives the function's policies as a value.
        describe,
    }
    /// `#[timeout(…)]`
    timeout {
        /// The limit of one attempt in seconds.
        secs,
        /// The limit of one attempt in milliseconds.
        ms,
        /// The limit of each wait for an item of the stream.
        idle,
        /// What errors and events call it. Default: the function's name.
        operation,
        /// The function's documentation describes the stack.
        docs,
        /// `describe!` gives the function's policies as a value.
        describe,
    }
    /// `#[deadline(…)]`
    deadline {
        /// The limit of the whole call in seconds.
        secs,
        /// The limit of the whole call in milliseconds.
        ms,
        /// What errors and events call it. Default: the function's name.
        operation,
        /// The function's documentation describes the stack.
        docs,
        /// `describe!` gives the function's policies as a value.
        describe,
    }
    /// `#[fallback(…)]`
    fallback {
        /// A partial result: a closure that takes the error and gives a `Result`, or a tuple of them.
        degraded,
        /// The last good value: `cached(max_age = "10m", key = …, capacity = …, single_flight)`.
        cached,
        /// A safe value.
        default,
        /// Which errors degrade: a type, a variant, a pattern, a tuple of them, or `any`.
        on,
        /// Which errors degrade: a predicate on the error.
        when,
        /// Why, as people will read it.
        reason,
        /// The function's documentation describes the stack.
        docs,
        /// `describe!` gives the function's policies as a value.
        describe,
    }
}
