//! A limit on time, as `timeout` and `deadline` write it: `secs`, `ms` or a value, and what the bounded
//! operation is called. Also what a bound around sync code demands of its arguments.

use std::time::Duration;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens as _;
use syn::spanned::Spanned as _;
use syn::{GenericArgument, Lifetime, Path, PathArguments, Type, TypeParamBound};

use crate::args::{Args, Constant};
use crate::argument::{Argument, Passed, Receiver};
use crate::duration::{self, DurationValue};
use crate::item::Function;
use crate::names::{Place, emit};
use crate::report::Report;
use crate::wording;

/// The names that a limit is written by.
pub(crate) const NAMES: &[&str] = &["secs", "ms", "operation"];

pub(crate) struct Limit {
    /// `None` where an error was reported, and where there is none but on each wait for an item.
    value: Option<DurationValue>,
    /// The user's value, for messages about it.
    pub(crate) place: Place,
    operation: Option<Constant<String>>,
}

impl Limit {
    /// `missing` says what to write where there is no limit at all.
    pub(crate) fn parse(args: &mut Args, missing: &str, report: &mut Report) -> Self {
        let mut place = Place::of(&TokenStream::new());
        let mut values = Vec::new();
        let positional = args.positional();
        // Each wait may be bounded alone.
        let is_written = positional.is_some() || args.first_of(&["secs", "ms", "idle"]).is_some();
        if let Some(expr) = positional {
            place = Place::of(&expr);
            values.push(duration::parse("the limit", &expr, report));
        }
        for name in ["secs", "ms"] {
            if args.span_of(name).is_none() {
                continue;
            }
            if let Some(expr) = args.peek(name) {
                place = Place::of(expr);
            }
            let value = args.duration(name, report);
            values.push(if name == "ms" { value.and_then(|ms| thousandth(ms, args, report)) } else { value });
        }
        if values.len() > 1 {
            let again = args.first_of(&["ms", "secs"]).map_or_else(Span::call_site, |(_, span)| span);
            report.error(again, wording::limit_twice());
        }
        if args.is_empty {
            report.error(Span::call_site(), missing);
        } else if let (false, Some(span)) = (is_written, args.span_of("operation")) {
            report.error(span, wording::limit_missing());
        }
        let operation = args.string("operation", "what the operation is called in errors and events", report);
        Self { value: values.into_iter().flatten().next(), place, operation }
    }

    /// Another limit on the same operation.
    pub(crate) fn another(&self, value: DurationValue, place: Place) -> Self {
        Self { value: Some(value), place, operation: self.operation.clone() }
    }

    /// Whether there is one, where no error was reported.
    pub(crate) fn is_there(&self) -> bool {
        self.value.is_some()
    }

    /// The limit, if it is known while compiling.
    pub(crate) fn known(&self) -> Option<Duration> {
        self.value.as_ref()?.known()
    }

    /// The limit as people say it, or as it was written.
    pub(crate) fn in_words(&self) -> String {
        match &self.value {
            Some(value) => value.in_words(),
            None => String::new(),
        }
    }

    /// An item that makes the compiler look at a constant of the user's: at one in an expression it looks
    /// only where the function is used.
    ///
    /// ```text
    /// const _: Duration = checked_limit(LIMIT);
    /// ```
    pub(crate) fn item(&self) -> Option<TokenStream> {
        let value = self.value.as_ref().filter(|value| matches!(value, DurationValue::Const(_)))?;
        let checked = value.checked_by("checked_limit");
        Some(emit!(const _: ::core::time::Duration = #checked;))
    }

    /// The limit as an expression: made while compiling, where its value is the same for all calls.
    pub(crate) fn value(&self, function: &Function) -> TokenStream {
        self.value_at(function.returns.error, function)
    }

    /// At `place` is the type that has to carry a timeout.
    fn value_at(&self, place: Place, function: &Function) -> TokenStream {
        let operation = self.operation(function);
        let value = self.duration();
        let limit = place.call("limit", emit!(#operation), Some(&value));
        if self.is_dynamic() { limit } else { place.while_compiling(&limit) }
    }

    /// The limit as a future holds it: as a function that takes no room, or as the place of one call's own.
    ///
    /// ```text
    /// || const { limit("name", LIMIT) }
    /// &limit("name", self.limit)
    /// ```
    pub(crate) fn held(&self, function: &Function) -> TokenStream {
        let limit = self.value(function);
        if self.is_dynamic() { emit!(&#limit) } else { emit!(|| #limit) }
    }

    /// The limit as a stream holds it, which may outlive the call.
    pub(crate) fn owned(&self, function: &Function) -> TokenStream {
        self.value_at(function.returns.value, function)
    }

    /// Whether each call makes a limit of its own.
    pub(crate) fn is_dynamic(&self) -> bool {
        matches!(self.value, Some(DurationValue::Dynamic(_)))
    }

    /// The limit as a `Duration`.
    pub(crate) fn duration(&self) -> Option<&DurationValue> {
        self.value.as_ref()
    }

    /// For a description: `Some(limit), "name"`; of a limit of each call's own, `None, "name"`.
    pub(crate) fn described(&self, function: &Function) -> TokenStream {
        let operation = self.operation(function);
        match &self.value {
            Some(value) if !self.is_dynamic() => emit!(__res::Some(#value), #operation),
            _ => emit!(__res::None, #operation),
        }
    }

    /// What errors and events call the operation.
    pub(crate) fn operation(&self, function: &Function) -> Constant<String> {
        self.operation.clone().unwrap_or_else(|| Constant::Known(function.operation()))
    }
}

/// `ms = 500` was read as seconds.
fn thousandth(seconds: DurationValue, args: &Args, report: &mut Report) -> Option<DurationValue> {
    match seconds {
        DurationValue::Known(seconds) => Some(DurationValue::Known(seconds / 1000)),
        DurationValue::Const(expr) | DurationValue::Dynamic(expr) => {
            let span = args.span_of("ms").unwrap_or_else(|| expr.span());
            report.error(span, wording::ms_is_a_number());
            None
        }
    }
}

/// Runs a sync body on another thread for as long as `limit` allows. What the compiler says of the call
/// as a whole is about what goes along, and is said there.
pub(crate) fn run_elsewhere(limit: &TokenStream, body: &TokenStream, function: &Function) -> TokenStream {
    let place = function.inputs();
    let timeout_sync = function.returns.error.name("timeout_sync");
    let arguments = place.parenthesized(body);
    emit!(#limit.#timeout_sync #arguments)
}

/// Statements that make the compiler look at each argument, where it is written, before it looks at the
/// closure that takes them all.
pub(crate) fn look_at_arguments(function: &Function) -> TokenStream {
    if function.is_async() {
        return TokenStream::new();
    }
    let receiver = function.receiver.iter().map(|Receiver { ty, .. }| {
        let look = Place::of(ty).call_of_type("crosses", ty);
        emit!(#look;)
    });
    let arguments = function.arguments.iter().map(|argument| {
        let (Argument { ty, name, .. }, cfg) = (argument, argument.cfg());
        let look = if matches!(ty, Type::ImplTrait(_)) {
            Place::of(ty).call("crosses_value", emit!(&#name), None)
        } else {
            Place::of(ty).call_of_type("crosses", ty)
        };
        emit!(#cfg #look;)
    });
    receiver.chain(arguments).collect()
}

/// What must hold of a function that is bounded by an `attribute` of ours.
pub(crate) fn check(what: &str, function: &Function, report: &mut Report) {
    function.check_result(&wording::no_room_for_a_timeout(what), report);
    if function.is_async() {
        if !cfg!(feature = "tokio") {
            report.error(function.async_span(), wording::bounding_needs_tokio(what));
        }
        return;
    }
    // A body that is given up goes on running on its worker, so it cannot borrow from its caller.
    if let Some(receiver) = function.receiver.as_ref().filter(|receiver| receiver.passed != Passed::Value) {
        report.error(receiver.token.span(), wording::borrowed_self(what));
    }
    for argument in &function.arguments {
        if is_borrowed(&argument.ty) {
            report.error_at(&argument.ty, self::borrowed(what, argument));
        } else if borrows(&argument.ty) {
            report.error_at(&argument.ty, wording::borrowing_argument(what, &argument.name));
        }
    }
}

/// Whether a type says that it holds a borrow: `Cow<'a, str>`, `Vec<&str>`. What types do not say is the
/// compiler's to find.
fn borrows(ty: &Type) -> bool {
    let is_short = |lifetime: &Lifetime| lifetime.ident != "static";
    let in_path = |path: &Path| {
        path.segments.iter().any(|segment| match &segment.arguments {
            PathArguments::AngleBracketed(arguments) => {
                arguments.args.iter().any(|argument| match argument {
                    GenericArgument::Lifetime(lifetime) => is_short(lifetime),
                    GenericArgument::Type(ty) => borrows(ty),
                    GenericArgument::AssocType(assoc) => borrows(&assoc.ty),
                    _ => false,
                })
            }
            // What a function takes it does not hold.
            _ => false,
        })
    };
    let in_bound = |bound: &TypeParamBound| match bound {
        TypeParamBound::Lifetime(lifetime) => is_short(lifetime),
        TypeParamBound::Trait(bound) => in_path(&bound.path),
        _ => false,
    };
    match ty {
        Type::Reference(_) => is_borrowed(ty),
        Type::Path(path) => in_path(&path.path),
        Type::Tuple(tuple) => tuple.elems.iter().any(borrows),
        Type::Array(array) => borrows(&array.elem),
        Type::Paren(paren) => borrows(&paren.elem),
        Type::Group(group) => borrows(&group.elem),
        Type::ImplTrait(object) => object.bounds.iter().any(in_bound),
        Type::TraitObject(object) => object.bounds.iter().any(in_bound),
        _ => false,
    }
}

fn is_borrowed(ty: &Type) -> bool {
    match ty {
        Type::Reference(reference) => {
            reference.lifetime.as_ref().is_none_or(|lifetime| lifetime.ident != "static")
        }
        Type::Paren(paren) => is_borrowed(&paren.elem),
        _ => false,
    }
}

fn borrowed(what: &str, argument: &Argument) -> String {
    let name = &argument.name;
    let owned = match &argument.ty {
        Type::Reference(reference) => match reference.elem.to_token_stream().to_string().as_str() {
            "str" => "String".to_owned(),
            "Path" => "PathBuf".to_owned(),
            other if other.starts_with('[') => "Vec<…>".to_owned(),
            other if reference.mutability.is_some() => other.to_owned(),
            other => format!("Arc<{other}>"),
        },
        _ => "an owned value".to_owned(),
    };
    let is_mutable = matches!(&argument.ty, Type::Reference(reference) if reference.mutability.is_some());
    let way_back = if is_mutable { " and return what becomes of it" } else { "" };
    wording::borrowed_argument(what, name, owned, way_back)
}
