//! `#[timeout]`: bounds one run of the body. The innermost policy, so it takes the body itself.

use proc_macro2::TokenStream;
use syn::Path;

use crate::args::{Args, Vocabulary};
use crate::attempt::{Attempt, Runs, Takes};
use crate::item::Function;
use crate::limit::{self, Limit};
use crate::names::emit;
use crate::report::Report;

const VOCABULARY: Vocabulary =
    Vocabulary { attribute: "timeout", names: limit::NAMES, not_yet: &[], positional: Some("the limit") };

const MISSING: &str = "how long may one attempt take? write `#[timeout(secs = 30)]`, `#[timeout(ms = 500)]` or `#[timeout(\"1m 30s\")]`";

pub(crate) struct Timeout {
    pub(crate) limit: Limit,
}

impl Timeout {
    pub(crate) fn parse(tokens: TokenStream, report: &mut Report) -> (Self, Option<Path>) {
        let args = Args::parse(&VOCABULARY, tokens, report);
        let path = args.crate_path.clone();
        (Self { limit: Limit::parse(args, MISSING, report) }, path)
    }

    pub(crate) fn check(function: &Function, report: &mut Report) {
        limit::check("timeout", function, report);
    }

    /// ```text
    /// timeout(LIMIT, &"name", async { body }).await.unwrap_or_else(timed_out)
    /// ```
    pub(crate) fn run(&self, attempt: &Attempt<'_>, runs: Runs, function: &Function) -> TokenStream {
        let limit = self.limit.value();
        let operation = self.limit.operation(function);
        let bounded = if function.is_async() {
            let body = attempt.callable(runs, Takes::AsRun);
            emit!(__resilient::timeout(#limit, &#operation, #body).await)
        } else {
            let body = attempt.callable(runs, Takes::All);
            emit!(__resilient::timeout_sync(#limit, #operation, #body))
        };
        function.or_timed_out(&bounded)
    }
}
