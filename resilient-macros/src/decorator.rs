//! `#[decorator(Name)]` on a trait: keeps the trait, and writes beside it a wrapper that implements it for
//! whatever it wraps, with the policies that are written on the trait's methods. What a policy does is the
//! business of its attribute, which is handed on as written.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Attribute, Path};

use crate::names::emit;
use crate::report::Report;
use crate::stack::{self, last_name};
use crate::wording;

mod bounds;
mod forward;
mod own_type;
mod read;
mod settings;
mod write;
use read::{NotATrait, Trait};
use settings::Settings;

/// Expands the attribute with its arguments.
pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut report = Report::default();
    let mut settings = Settings::parse(arguments, &mut report);
    let mut decorated = match Trait::parse(item.clone(), settings.crate_path.as_ref()) {
        Ok(decorated) => decorated,
        Err(NotATrait::OtherItem(span)) => {
            let mut report = Report::default();
            report.error(span, wording::no_trait());
            let errors = report.finish();
            return quote!(#item #errors);
        }
        // Half-typed code: the compiler says itself what is missing.
        Err(NotATrait::Unfinished) => return item,
    };
    if settings.is_nameless {
        report.error(Span::call_site(), wording::no_wrapper_name(&decorated.name));
    }
    if let Some(name) = settings.name.take_if(|name| *name == decorated.name) {
        report.error(name.span(), wording::wrapper_name_taken(&decorated.name));
    }
    let lost = decorated.take_misplaced(&mut report);
    decorated.check(&mut report);
    let imports = imports_of(&lost);
    let wrapper = match &settings.name {
        Some(name) => write::wrapper(name, &decorated, &settings, &mut report),
        None => imports_of(decorated.members.iter().flat_map(|member| &member.policies)),
    };
    let errors = report.finish();
    quote!(#decorated #imports #wrapper #errors)
}

/// Whether an attribute is a policy: as the attributes of a function recognise one another, or by the path
/// under which this crate is known here.
fn is_policy(path: &Path, crate_path: Option<&Path>) -> bool {
    let is_in_crate = |crate_path: &Path| {
        let parent = path.segments.len().saturating_sub(1);
        crate_path.segments.len() == parent
            && crate_path.segments.iter().zip(&path.segments).all(|(one, other)| one.ident == other.ident)
    };
    stack::is_ours(path) || (stack::is_known(path) && crate_path.is_some_and(is_in_crate))
}

fn is_decorator(attribute: &Attribute) -> bool {
    last_name(attribute.path()) == "decorator" && stack::is_reachable(attribute.path())
}

/// Attributes that are not handed on are gone, and with them the use of their imports.
fn imports_of<'a>(attributes: impl IntoIterator<Item = &'a Attribute>) -> TokenStream {
    let imports = stack::imports_of(attributes);
    if imports.is_empty() { imports } else { emit!(const _: () = { #imports };) }
}

#[cfg(test)]
mod golden;
#[cfg(test)]
mod tests;
