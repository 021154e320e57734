//! Everything that the attributes and the derive say to those who misuse them, as data: what is wrong,
//! and then, mostly on a line of its own, what to write instead. Where a sentence is said, and about
//! which token, is decided elsewhere; sentences about traits stand at the runtime's traits.

/// A function for each sentence, its parameters named in the text, and [`ALL`] of them as a table.
macro_rules! wording {
    ($($name:ident($($part:ident),*): $text:literal;)*) => {
        $(
            pub(crate) fn $name($($part: impl ::std::fmt::Display),*) -> String {
                format!($text)
            }
        )*

        /// Names and texts, for the test that each is shown by a case.
        #[cfg(test)]
        pub(crate) const ALL: &[(&str, &str)] = &[$((stringify!($name), $text)),*];
    };
}

wording! {
    // Any attribute's settings.
    no_comma(): "expected `,` between settings";
    no_value(name): "`{name}` has no value: write `{name} = …`";
    no_list(name, what): "`{name}` takes {what}: write `{name} = …`";
    takes(name, what): "`{name}` takes {what}";
    takes_one_of(name, what, near): "`{name}` takes {what}{near}";
    takes_text(name, what): "`{name}` takes {what}, in quotes";
    empty_text(name): "`{name}` must not be empty";
    flag_has_value(name): "`{name}` is written alone, without a value";
    unknown_setting(attribute, name, near, names):
        "`#[{attribute}]` has no setting `{name}`{near}\nits settings are {names}";
    settings_by_name(attribute, names):
        "`#[{attribute}]` takes its settings by name: write `name = …`\nits settings are {names}";
    no_path_to_describe(): "`describe!` takes the path of a guarded function that says `describe`: `describe!(module::fetch)`";
    given_twice(name): "`{name}` is given twice\nkeep one of them";
    positional_twice(what): "{what} is given twice\nkeep one of them";
    settings_after_equals(path): "settings go in parentheses: write `#[{path}(…)]`";
    did_you_mean(near): "; did you mean `{near}`?";
    useless_without(name, what): "`{name}` does nothing without {what}";
    useless(name, beside): "`{name}` does nothing with this `{beside}`: leave it out";

    one_parameter(name, what): "the closure of `{name}` has one parameter\nwrite {what}";

    // Durations.
    above_zero(name): "{name} must be above zero";
    negative_duration(): "a duration cannot be negative";
    endless_duration(): "this is longer than any duration";
    empty_duration(): "an empty duration: write for example `\"1m 30s\"` or `\"250ms\"`";
    no_duration(text): "`{text}` is no duration: write for example `\"1m 30s\"`, `\"250ms\"` or `\"1.5s\"`";
    no_unit(text, number): "`{text}` has no unit: write `\"{number}s\"` or `\"{number}ms\"`";
    unknown_unit(unit): "`{unit}` is no unit of time: use `ms`, `s`, `m`, `h` (also `us`, `ns`, `d`)";

    // `on`.
    empty_on():
        "nothing matches an empty tuple\n\
         name an error type, a variant or a pattern; for every error write `on = any`";
    no_matcher():
        "`on` takes an error type, a variant or a pattern of one\nfor every error write `on = any`";

    // The item.
    no_function(attribute): "`#[{attribute}]` guards a function, and this is none\nput it above a `fn` or `async fn`";
    no_body(attribute):
        "there is no body for `#[{attribute}]` to guard\nput it on an implementation, or on a default method; \
         for every implementation of the trait write `#[decorator(Name)]` above the trait";
    const_fn():
        "a `const fn` cannot be guarded: clocks, delays and locks do not exist while compiling\n\
         guard the function that calls it";
    extern_fn(): "an `extern fn` cannot be guarded\nwrite a Rust function that calls it, and guard that one";
    variadic_fn(): "a variadic function cannot be guarded\nwrite a Rust function that calls it, and guard that one";
    track_caller():
        "a guarded function is called through its policies, so `#[track_caller]` would name a place in them\n\
         leave it out, or take a `&'static Location<'static>` as an argument";
    under_another_name(attribute):
        "`#[{attribute}]` is used here under another name, so the attributes above it could not take it into account\n\
         import it by its own name: `use resilient::{attribute};`";

    // `#[decorator]`.
    no_trait(): "`#[decorator]` wraps the implementations of a trait, and this is none\nput it above a `trait`";
    no_wrapper_name(name): "what is the wrapper called?\nwrite `#[decorator(Guarded{name})]`";
    wrapper_name_is_an_identifier(): "the wrapper's name is a plain one: write `#[decorator(RetryingModel)]`";
    wrapper_name_alone(name): "the wrapper's name stands by itself: write `#[decorator({name})]`";
    wrapper_name_taken(name):
        "the wrapper is a type beside the trait and needs a name of its own\nwrite `#[decorator(Guarded{name})]`";
    nothing_to_wrap(name):
        "no method of `{name}` has a policy, so its wrapper would do nothing\n\
         write `#[retry]` or another of these attributes above the methods that it is to guard";
    policy_of_a_method(attribute):
        "`#[{attribute}]` guards a function, and this is a trait\nwrite it above those methods that it is to guard";
    one_wrapper():
        "a trait has one wrapper, which takes the policies of all its methods\nkeep one `#[decorator]`";
    unsafe_trait():
        "whoever implements an `unsafe trait` promises something, and generated code cannot\n\
         write this wrapper by hand";
    unsafe_method():
        "whoever calls an `unsafe fn` promises something, and generated code cannot\n\
         give it a default body and no policy: the wrapper then has that body";
    receiver_out_of_reach():
        "what is wrapped cannot be taken out of this `self`\n\
         take `&self`, `&mut self`, `self` or `self: Box<Self>`; \
         or give the method a default body and no policy: the wrapper then has that body";
    own_type_in_a_method():
        "`Self` is the wrapper here, and another type for what is wrapped\n\
         name a type that is the same for both, such as `Self::Error`; \
         or give the method a default body and no policy: the wrapper then has that body";
    own_type_in_a_member():
        "`Self` is the wrapper here, and another type for what is wrapped: one type or constant cannot serve both\n\
         name a type that is the same for both, or write this wrapper by hand";
    macro_in_a_trait(): "what this macro writes is not seen here, so the wrapper would not have it\nwrite it out";

    // The stack.
    stands_twice(attribute, why): "`{attribute}` stands twice on one function{why}\nkeep one of them";
    attempts_multiply(): ": a retry inside a retry multiplies the attempts";
    wrong_order(attribute, order, hint):
        "`{attribute}` cannot stand here; the first attribute is the outermost, and the order is\n    {order}{hint}";
    or_per_attempt(): "\nor write `per_attempt` in it: a breaker below `#[retry]` sees every attempt";
    deadline_too_short(sum, longest):
        "what stands below may take longer than this deadline: {sum} = {longest}\n\
         raise the deadline to that, or lower `max_attempts`, the delays or the timeout";
    timeout_never_fires(deadline):
        "this timeout can never fire: the deadline ends the call after {deadline}\n\
         lower it below the deadline, or leave it out";

    // `#[timeout]` and `#[deadline]`.
    no_timeout_limit():
        "how long may one attempt take?\n\
         write `#[timeout(secs = 30)]`, `#[timeout(ms = 500)]` or `#[timeout(\"1m 30s\")]`";
    no_deadline_limit():
        "how long may the whole call take?\n\
         write `#[deadline(secs = 30)]`, `#[deadline(ms = 500)]` or `#[deadline(\"1m 30s\")]`";
    limit_twice(): "the limit is given twice\nkeep one of `secs`, `ms` and the positional value";
    limit_missing(): "the limit is missing: write `secs = 30`, `ms = 500` or `\"1m 30s\"` before it";
    ms_is_a_number(): "`ms` takes a number; a `Duration` is written without a name: `#[timeout(self.limit)]`";
    no_room_for_a_timeout(what):
        "a {what} ends the call with an error\nreturn a `Result` whose error type is `From<resilient::TimeoutError>`";
    bounding_needs_tokio(what): "a {what} around async code needs the feature `tokio` of `resilient-attributes`";
    borrowed_self(what):
        "a sync {what} runs the body on another thread, which may outlive this borrow of `self`\n\
         take `self: Arc<Self>`, move the call into a function with owned arguments, or make the function `async`";
    borrowed_argument(what, name, owned, way_back):
        "a sync {what} runs the body on another thread, which may outlive this borrow\n\
         take `{name}: {owned}`{way_back}, or make the function `async`";

    borrowing_argument(what, name):
        "a sync {what} runs the body on another thread, which may outlive what `{name}` borrows\n\
         take it with data of its own, or make the function `async`";

    // What goes with a stream.
    streams_need_a_feature(setting): "`{setting}` needs the feature `stream` of `resilient-attributes`";
    stream_of_sync(setting):
        "`{setting}` goes with the stream that an async function returns\nmake the function `async`, or leave it out";

    // `#[retry]`.
    nothing_can_fail():
        "nothing says that this function failed\n\
         return a `Result` or an `Option`, or judge its value: `until = |value| …`";
    first_item_of_no_result():
        "the error of a stream's first item becomes that of the function\n\
         return `Result<BoxStream<'static, Result<Item, E>>, E>` or `Result<impl Stream<Item = Result<Item, E>>, E>`";
    gives_back_a_borrow():
        "another attempt needs the mutable borrow that this value may hold on to\n\
         return an owned value, or retry inside, around what fails";
    waiting_needs_tokio():
        "waiting between the attempts of async code needs the feature `tokio` of `resilient-attributes`";
    beside_config(name): "`{name}` comes with `config`\nwrite it in one of the two places";
    attempts_twice():
        "`max_retries` and `max_attempts` say the same (attempts are retries + 1)\nkeep one of them";
    shrinking_delays(): "`multiplier` takes a number of at least 1: delays do not shrink";
    cap_below_base(base): "`max_delay` is below `base_delay`\nraise it to {base}, or lower `base_delay`";
    base_above_default_cap(base):
        "`base_delay` is above the default `max_delay` of 30 s\nwrite `max_delay = \"{base}s\"` or more";
    no_delay():
        "`base_delay` must be above zero: without a delay a struggling service is hammered\n\
         if that is meant, write `backoff = none`";

    // `#[circuit_breaker]`.
    no_room_for_a_refusal():
        "an open circuit ends the call with an error\n\
         return a `Result` whose error type is `From<resilient::CircuitOpenError>`";
    shared_by_all_calls():
        "a breaker is shared by all calls, so its settings cannot come from one call or one instance\n\
         write a constant: `\"30s\"`, or the path of a `const`";
    no_static():
        "without a name this must be the path of a `static` breaker: `#[circuit_breaker(LLM)]`\n\
         to name a breaker write `name = \"llm\"`";
    threshold_beside_rate():
        "`failure_threshold` and `failure_rate` are two rules for one decision\nkeep one of them";
    never_judged(calls):
        "`minimum_calls` is above the `window`, so the circuit could never open\nlower it to {calls} or less, or raise `window`";
    longest_below_first(least):
        "`max_recovery_timeout` is below `recovery_timeout`\nraise it to {least} or more, or leave it out";
    set_at_the_static(name, others):
        "`{name}` is set at the `static` breaker\nhere only {others} go with it";

    // `#[fallback]`.
    no_tier():
        "a fallback needs a tier to fall back to\n\
         write `default = …` for a safe value, or `degraded = |error| …` for a partial result";
    no_max_age(): "how old may a cached value be?\nwrite `cached(max_age = \"10m\")`";
    caching_needs_a_feature(): "`cached` needs the feature `cache` of `resilient-attributes`";
    sharing_needs_tokio(): "waiting for another async call needs the feature `tokio` of `resilient-attributes`";
    async_tier_of_sync(): "nothing can be awaited in a function that is not `async`\nmake the function `async`, or give a `Result` from a plain closure";
    nothing_can_degrade(): "nothing here can fail or degrade\nreturn a `Result<Served<…>, …>`";

    // `#[derive(Degradable)]`.
    no_struct(): "`Degradable` is derived for structs\nimplement it by hand: `fn degraded(self, how: Degradation) -> Self`";
    no_mark(name):
        "which field of `{name}` says that it is degraded?\n\
         write `#[degradable]` above a `bool` or an `Option<resilient::Degradation>`";
    mark_above_a_field(): "`#[degradable]` goes above the field that says so";
    mark_alone(): "above a field `#[degradable]` is written alone";
    only_the_crate(): "above a struct there is one setting: write `#[degradable(crate = path)]`";

    // `#[derive(Retryable)]`.
    no_enum(): "`Retryable` is derived for enums and structs";
    variants_say_it(): "each variant says for itself what it is\nfor all that say nothing write `default = …`";
    default_above_the_enum(): "`default` goes above the enum";
    variant_says_nothing(variant):
        "is `{variant}` worth another attempt?\n\
         write `#[retryable(transient)]` or `#[retryable(permanent)]` above it, or `#[retryable(default = permanent)]` above the enum";
    struct_says_nothing(name):
        "is `{name}` worth another attempt?\n\
         write `#[retryable(transient)]` or `#[retryable(permanent)]` above it";
    struct_has_no_variants():
        "a struct has no variants\nwrite `#[retryable(transient)]` or `#[retryable(permanent)]`";
    one_inner_error(): "`transparent` asks the inner error, so there must be exactly one field";
    no_such_field(written, what): "there is no field `{written}` here{what}";
    no_fields(): ", nor any other";
    fields_are(names): "; the fields are {names}";
    retryable_twice(): "`#[retryable(…)]` stands twice here\nkeep one of them";
    said_already(): "this is said already\nkeep one of `transient`, `permanent` and `transparent`";
    hint_of_a_transient(): "`retry_after` goes with `transient`: write `transient, retry_after = field`";
}

/// What a predicate on the error looks like.
pub(crate) const PREDICATE_ON_ERROR: &str = "a predicate on the error: `|error| …` or the path of a function";

/// What a predicate on the value looks like.
pub(crate) const PREDICATE_ON_VALUE: &str = "a predicate on the value: `|value| …` or the path of a function";

/// What a tier that may itself fail looks like.
pub(crate) const DEGRADED_TIER: &str = "a closure that takes the error and gives a `Result`, as `or_else` does: `|error| …`, the path of a function, or a tuple of them";

/// What the tier of last good values looks like.
pub(crate) const CACHED_TIER: &str = "settings of its own: `cached(max_age = \"10m\", key = …)`";

#[cfg(test)]
mod tests;
