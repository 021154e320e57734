//! The attributes of one function together: gathered in reading order by the top one, checked against
//! one another, and folded from the inside out. The only file that knows that there are several
//! policies.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::spanned::Spanned as _;
use syn::{Attribute, Path};

use crate::args::Common;
use crate::attempt::Runs;
use crate::call::Call;
use crate::hints::Hints;
use crate::item::{Function, NotAFunction};
use crate::names::emit;
use crate::policy::circuit_breaker::CircuitBreaker;
use crate::policy::deadline::Deadline;
use crate::policy::fallback::Fallback;
use crate::policy::retry::{Above, Retry};
use crate::policy::timeout::Timeout;
use crate::report::Report;
use crate::wording;
use crate::written;

mod body;
mod demands;
mod describe;
pub(crate) mod described;
mod rules;
pub(crate) use demands::{demands, repeats};
use rules::{check_deadline, check_order, longest_call, outwards};

/// The attributes of ours, from the outermost to the innermost. A breaker that sees every attempt
/// stands where `PerAttempt` does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Fallback,
    Deadline,
    CircuitBreaker,
    Retry,
    PerAttempt,
    Timeout,
}

impl Place {
    /// As the attributes are listed.
    const ORDER: [Self; 6] =
        [Self::Fallback, Self::Deadline, Self::CircuitBreaker, Self::Retry, Self::PerAttempt, Self::Timeout];
}

/// One attribute, read.
enum Policy {
    Fallback(Fallback),
    Deadline(Deadline),
    CircuitBreaker(CircuitBreaker),
    Retry(Retry),
    Timeout(Timeout),
}

/// The names by which attributes of ours are recognised below the top one.
const NAMES: &[&str] = &["fallback", "deadline", "circuit_breaker", "retry", "timeout"];

impl Policy {
    fn parse(name: &str, tokens: TokenStream, common: &mut Common, report: &mut Report) -> Option<Self> {
        Some(match name {
            "fallback" => Self::Fallback(Fallback::parse(tokens, common, report)),
            "deadline" => Self::Deadline(Deadline::parse(tokens, common, report)),
            "circuit_breaker" => Self::CircuitBreaker(CircuitBreaker::parse(tokens, common, report)),
            "retry" => Self::Retry(Retry::parse(tokens, common, report)),
            "timeout" => Self::Timeout(Timeout::parse(tokens, common, report)),
            _ => return None,
        })
    }

    fn place(&self) -> Place {
        match self {
            Self::Fallback(_) => Place::Fallback,
            Self::Deadline(_) => Place::Deadline,
            Self::CircuitBreaker(breaker) if breaker.per_attempt => Place::PerAttempt,
            Self::CircuitBreaker(_) => Place::CircuitBreaker,
            Self::Retry(_) => Place::Retry,
            Self::Timeout(_) => Place::Timeout,
        }
    }

    fn as_written(&self) -> &'static str {
        match self.place() {
            Place::Fallback => "#[fallback(…)]",
            Place::Deadline => "#[deadline(…)]",
            Place::CircuitBreaker => "#[circuit_breaker(…)]",
            Place::Retry => "#[retry(…)]",
            Place::PerAttempt => "#[circuit_breaker(…, per_attempt)]",
            Place::Timeout => "#[timeout(…)]",
        }
    }

    fn check(&self, function: &Function, report: &mut Report) {
        match self {
            Self::Fallback(policy) => policy.check(function, report),
            Self::Deadline(_) => Deadline::check(function, report),
            Self::CircuitBreaker(policy) => policy.check(function, report),
            Self::Retry(policy) => policy.check(function, report),
            Self::Timeout(policy) => policy.check(function, report),
        }
    }

    /// Statements before everything else: the policy's statics and constants.
    fn items(&self, function: &Function) -> TokenStream {
        match self {
            Self::CircuitBreaker(policy) => policy.items(function),
            Self::Retry(policy) => policy.items(function),
            Self::Deadline(policy) => policy.items(function),
            Self::Timeout(policy) => policy.items(function),
            Self::Fallback(policy) => policy.items(function),
        }
    }

    /// What a description says of the policy, as a call on it.
    fn described(&self, function: &Function) -> TokenStream {
        match self {
            Self::CircuitBreaker(policy) => policy.described(),
            Self::Retry(policy) => policy.described(function),
            Self::Deadline(policy) => policy.described(function),
            Self::Timeout(policy) => policy.described(function),
            Self::Fallback(policy) => policy.described(),
        }
    }

    /// What each poll of an awaited `body` goes through, where the policy has a part in it.
    fn watch(&self, body: TokenStream, stack: &[Listed]) -> TokenStream {
        match self {
            Self::Fallback(_) => body,
            Self::Deadline(_) => Deadline::watch(&body),
            Self::CircuitBreaker(_) => CircuitBreaker::watch(&body),
            Self::Retry(_) => Retry::watch(&body, retry_takes_run(stack)),
            Self::Timeout(_) => Timeout::watch(&body),
        }
    }

    /// Whether it does something before the body, that a retry above must not do before it has waited.
    fn begins(&self) -> bool {
        match self {
            Self::CircuitBreaker(_) => true,
            Self::Timeout(timeout) => timeout.begins(),
            _ => false,
        }
    }

    /// The policy around what stands below it. The stack is in order.
    fn wrap(&self, inner: Call, stack: &[Listed], function: &Function) -> Call {
        let below = stack.partition_point(|listed| listed.policy.place() <= self.place());
        let (above, below) = stack.split_at(below);
        let is_above = |place: Place| above.iter().any(|listed| listed.policy.place() == place);
        match self {
            Self::Fallback(policy) => policy.wrap(&inner, function),
            Self::CircuitBreaker(policy) => policy.wrap(&inner, longest_call(below), function),
            Self::Retry(policy) => {
                let takes_run = function.is_async() && retry_takes_run(below);
                let mut above = Above { ends: None, takes_run, pause: None };
                if function.is_async() {
                    above.ends = is_above(Place::Deadline).then(Deadline::ends);
                    if below.iter().any(|listed| listed.policy.begins()) {
                        let mut pause = emit!(run.pause_async());
                        if is_above(Place::CircuitBreaker) {
                            pause = CircuitBreaker::watch(&pause);
                        }
                        above.pause = Some(emit!(#pause.await));
                    }
                } else {
                    above.pause = Some(emit!(run = run.pause()));
                }
                policy.wrap(&inner, &above, function)
            }
            Self::Deadline(policy) => policy.wrap(inner, function),
            // It has a part in the run of the body alone.
            Self::Timeout(_) => inner,
        }
    }
}

/// Not where a breaker stands between it and what is awaited: that wants the outcome alone.
fn retry_takes_run(stack: &[Listed]) -> bool {
    stack.iter().all(|listed| listed.policy.place() != Place::PerAttempt)
}

/// One attribute with the token to blame for its place.
struct Listed {
    span: Span,
    policy: Policy,
}

/// Expands the attribute `name` with its arguments, and all attributes of ours below it.
pub(crate) fn expand(name: &'static str, arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut report = Report::default();
    let mut function = match Function::parse(item.clone()) {
        Ok(function) => function,
        Err(error) => return not_a_function(name, item, &error),
    };
    if function.is_guarded() {
        report.error(Span::call_site(), wording::under_another_name(name));
        return with_errors(item, &TokenStream::new(), report);
    }
    let (siblings, others) =
        std::mem::take(&mut function.attributes).into_iter().partition(|attribute| is_ours(attribute.path()));
    function.attributes = others;
    let siblings: Vec<Attribute> = siblings;

    let mut stack = Vec::new();
    let mut common = Common::default();
    let mut hints = Hints::default();
    let mut add = |name: &str, span: Span, tokens: TokenStream, report: &mut Report| {
        hints.add(name, &tokens);
        if let Some(policy) = Policy::parse(name, tokens, &mut common, report) {
            stack.push(Listed { span, policy });
        }
    };
    function.note_uses(&arguments);
    add(name, Span::call_site(), arguments, &mut report);
    for sibling in &siblings {
        let tokens = written::attribute_tokens(sibling);
        if let Ok(tokens) = &tokens {
            function.note_uses(tokens);
        }
        match tokens {
            Ok(tokens) => add(&last_name(sibling.path()), sibling.path().span(), tokens, &mut report),
            Err(error) => report.push(error),
        }
    }

    check_order(&stack, &mut report);
    check_deadline(&stack, &mut report);
    function.check(&mut report);
    for listed in &stack {
        listed.policy.check(&function, &mut report);
    }
    let runtime = match &common.crate_path {
        Some(path) => emit!(#path::__private),
        None => emit!(::resilient::__private),
    };
    let (imports, hints) = (imports_of(&siblings), hints.finish(&runtime));
    if !report.is_empty() {
        return with_errors(item, &emit!(#hints #imports), report);
    }
    if common.docs {
        function.document(&describe::describe(&stack, &function));
    }
    let described = common.describe.map(|place| described::write(place, &function, &stack, &runtime));
    let function = write(function, &stack, &emit!(#hints use #runtime::{self as __res, asked::*}; #imports));
    quote!(#function #described)
}

/// Writes the one function.
fn write(mut function: Function, stack: &[Listed], imports: &TokenStream) -> TokenStream {
    let repeats = stack.iter().any(|listed| matches!(listed.policy, Policy::Retry(_)));
    let looks_back = stack.iter().any(|listed| match &listed.policy {
        Policy::Fallback(fallback) => fallback.names_borrowed(&function),
        _ => false,
    });
    let runs = match (repeats, looks_back) {
        (true, _) => Runs::Repeatedly,
        (false, true) => Runs::Borrowing,
        (false, false) => Runs::Once,
    };
    if runs != Runs::Once {
        function.renew_receiver(runs == Runs::Repeatedly);
    }
    let function = &function;
    let mut call = body::run(stack, &function.attempt(), runs, function);
    for listed in outwards(stack) {
        call = listed.policy.wrap(call, stack, function);
    }
    let items = stack.iter().map(|listed| listed.policy.items(function));
    function.with_body(&emit!(#imports #(#items)*), call.statements())
}

pub(crate) fn is_ours(path: &Path) -> bool {
    is_known(path) && is_reachable(path)
}

/// Whether it ends as an attribute of ours does.
pub(crate) fn is_known(path: &Path) -> bool {
    NAMES.contains(&last_name(path).as_str())
}

/// Whether it is a name alone, or `resilient::name`.
pub(crate) fn is_reachable(path: &Path) -> bool {
    let is_alone = path.get_ident().is_some();
    let is_qualified =
        path.segments.len() == 2 && path.segments.first().is_some_and(|first| first.ident == "resilient");
    is_alone || is_qualified
}

pub(crate) fn last_name(path: &Path) -> String {
    path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default()
}

/// The item as written, and the errors. Attributes of ours go: each would say the same again.
fn with_errors(item: TokenStream, imports: &TokenStream, report: Report) -> TokenStream {
    let errors = report.finish();
    let item = written::as_written(item, |attribute| is_ours(attribute.path()), imports);
    quote!(#item #errors)
}

/// Attributes that were gathered are gone, and with them the use of their imports; without it each
/// import would get a warning.
pub(crate) fn imports_of<'a>(siblings: impl IntoIterator<Item = &'a Attribute>) -> TokenStream {
    let imports = siblings.into_iter().filter_map(|sibling| sibling.path().get_ident());
    // With our span, so that nobody is told that this import is unused.
    let imports: Vec<Ident> = imports
        .map(|import| Ident::new(&import.to_string(), import.span().resolved_at(Span::mixed_site())))
        .collect();
    if imports.is_empty() { TokenStream::new() } else { emit!(use {#(#imports as _),*};) }
}

fn not_a_function(name: &str, item: TokenStream, error: &NotAFunction) -> TokenStream {
    let mut report = Report::default();
    match error {
        NotAFunction::OtherItem(keyword) => report.error(keyword.span(), wording::no_function(name)),
        NotAFunction::NoBody(span) => report.error(*span, wording::no_body(name)),
        // Half-typed code: the compiler says itself what is missing.
        NotAFunction::Unfinished => {}
    }
    with_errors(item, &TokenStream::new(), report)
}

#[cfg(test)]
mod golden;
#[cfg(test)]
pub(crate) mod tests;
