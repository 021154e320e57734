//! Settings that go with the stream that a function returns: what they demand of the function, and how the
//! stream is taken out of its result and put back. What is done with it in between is the policies' business.

use proc_macro2::{Span, TokenStream};

use crate::item::Function;
use crate::names::emit;
use crate::report::Report;
use crate::wording;

/// Reports a function that the `setting` at `span` cannot be for.
pub(crate) fn check(setting: &str, span: Span, function: &Function, report: &mut Report) {
    // The crate's own tests expand without anybody to turn the feature on.
    if !cfg!(any(feature = "stream", test)) {
        report.error(span, wording::streams_need_a_feature(setting));
    }
    if !function.is_async() {
        report.error(span, wording::stream_of_sync(setting));
    }
}

/// The result `out` with these layers around its stream, each a call on it.
///
/// ```text
/// opened(out).idle(idle).first_item(from_item).await.handed_on()
/// ```
pub(crate) fn layered(out: &TokenStream, layers: &TokenStream, function: &Function) -> TokenStream {
    let returns = &function.returns;
    let opened = returns.value.call("opened", out.clone(), None);
    // What cannot be named is the stream with its layers itself.
    let end = returns.value.name(if returns.is_opaque { "bare" } else { "handed_on" });
    emit!(#opened #layers.#end())
}
