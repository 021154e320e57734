//! `#[deadline]`: the room is here, the policy is not built yet; using it is refused in one sentence.

use proc_macro2::{Span, TokenStream};
use syn::Path;

use crate::report::Report;

pub(crate) struct Deadline;

impl Deadline {
    pub(crate) fn parse(_: TokenStream, report: &mut Report) -> (Self, Option<Path>) {
        report.error(
            Span::call_site(),
            "`#[deadline]` is not available yet; bound each attempt with `#[timeout]`",
        );
        (Self, None)
    }
}
