//! `name = value` lists, read once for all policies: each name at most once, unknown names with the
//! nearest known one, every value with the kind that its name asks for. What the names mean is the
//! policies' business.

use proc_macro2::{Ident, Span, TokenStream};
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::spanned::Spanned as _;
use syn::{Expr, Token};

use crate::matcher::Matchers;
use crate::report::{Report, all_of, nearest};
use crate::wording;

mod values;
pub(crate) use values::{Constant, not_a_word, number, one_of_words};

/// What one attribute understands.
pub(crate) struct Vocabulary {
    /// The attribute's name.
    pub(crate) attribute: &'static str,
    /// The names of its settings.
    pub(crate) names: &'static [&'static str],
    /// What a value without a name means, if anything.
    pub(crate) positional: Option<&'static str>,
}

/// Settings that may be written more than once, and then count in their order.
const SEVERAL: &[&str] = &["degraded"];

/// One setting as written.
struct Setting {
    name: Ident,
    value: Value,
}

enum Value {
    /// `name` alone.
    Flag,
    Expr(Expr),
    Matchers(Matchers),
    /// `name(…)`: a setting with settings of its own.
    List(TokenStream),
}

/// What attributes of ours write into others of ours: an expression that gives an `Option<RetryConfig>`. If
/// there is one, it has the numbers.
pub(crate) const OVERRULED_BY: &str = "__overruled_by";

/// What any attribute of a stack may say for all of it.
#[derive(Default)]
pub(crate) struct Common {
    /// `crate = …`: where the crate is found.
    pub(crate) crate_path: Option<syn::Path>,
    /// `docs = true`: the function's documentation describes the stack.
    pub(crate) docs: bool,
    /// Where `describe` is written: beside the function stands another that gives its policies as a value.
    pub(crate) describe: Option<Span>,
    /// See [`OVERRULED_BY`]; taken by who goes by it.
    pub(crate) overruled_by: Option<Expr>,
}

/// The settings of one attribute; taken out one by one.
pub(crate) struct Args {
    vocabulary: &'static Vocabulary,
    settings: Vec<Setting>,
    positional: Option<Expr>,
    /// Whether nothing was written that is this attribute's own, right or wrong.
    pub(crate) is_empty: bool,
}

impl Args {
    /// Reads all that can be read; the rest is reported.
    pub(crate) fn parse(
        vocabulary: &'static Vocabulary,
        tokens: TokenStream,
        common: &mut Common,
        report: &mut Report,
    ) -> Self {
        let mut args = Self { vocabulary, settings: Vec::new(), positional: None, is_empty: true };
        let parser = |input: ParseStream<'_>| {
            while !input.is_empty() {
                if let Err(error) = args.parse_one(input, common, report) {
                    report.push(error);
                    skip_to_comma(input)?;
                }
                if !input.is_empty() && input.parse::<Token![,]>().is_err() {
                    report.error(input.span(), wording::no_comma());
                    skip_to_comma(input)?;
                    let _: Option<Token![,]> = input.parse()?;
                }
            }
            Ok(())
        };
        if let Err(error) = parser.parse2(tokens) {
            report.push(error);
        }
        args
    }

    fn parse_one(
        &mut self,
        input: ParseStream<'_>,
        common: &mut Common,
        report: &mut Report,
    ) -> syn::Result<()> {
        let named = input.peek2(Token![=]) && !input.peek2(Token![==]) && !input.peek2(Token![=>]);
        if input.peek(Token![crate]) && named {
            input.parse::<Token![crate]>()?;
            input.parse::<Token![=]>()?;
            common.crate_path = Some(syn::Path::parse_mod_style(input)?);
            return Ok(());
        }
        if let Ok(name) = input.fork().parse::<Ident>() {
            if name == "docs" || name == "describe" {
                return parse_switch(input, common, report);
            }
            if name == OVERRULED_BY && named {
                input.parse::<Ident>()?;
                input.parse::<Token![=]>()?;
                common.overruled_by = Some(input.parse()?);
                return Ok(());
            }
        }
        self.is_empty = false;
        if input.peek(Ident::peek_any) && named {
            let name = Ident::parse_any(input)?;
            input.parse::<Token![=]>()?;
            if input.is_empty() || input.peek(Token![,]) {
                return Err(syn::Error::new(name.span(), wording::no_value(&name)));
            }
            let value = if name == "on" {
                Value::Matchers(Matchers::parse(input)?)
            } else {
                Value::Expr(parse_value(input)?)
            };
            self.add(Setting { name, value }, report);
            return Ok(());
        }
        if input.peek(syn::Ident)
            && (input.peek2(Token![,]) || input.peek2(syn::token::Paren) || is_last(input))
        {
            let ahead = input.fork();
            let name: Ident = ahead.parse()?;
            let is_list = ahead.peek(syn::token::Paren);
            let written = name.to_string();
            let is_ours = self.knows(&written) || self.vocabulary.positional.is_none();
            if is_ours {
                let name: Ident = input.parse()?;
                let value = if is_list {
                    Value::List(input.parse::<proc_macro2::Group>()?.stream())
                } else {
                    Value::Flag
                };
                self.add(Setting { name, value }, report);
                return Ok(());
            }
        }
        self.add_positional(parse_value(input)?, report);
        Ok(())
    }

    fn knows(&self, name: &str) -> bool {
        self.vocabulary.names.contains(&name)
    }

    fn add(&mut self, setting: Setting, report: &mut Report) {
        let attribute = self.vocabulary.attribute;
        let name = setting.name.to_string();
        let span = setting.name.span();
        if !self.vocabulary.names.contains(&name.as_str()) {
            let hint = nearest(&name, self.vocabulary.names.iter().copied())
                .map(wording::did_you_mean)
                .unwrap_or_default();
            let names = all_of(self.vocabulary.names.iter().copied());
            report.error(span, wording::unknown_setting(attribute, name, hint, names));
        } else if self.settings.iter().any(|known| known.name == setting.name)
            && !SEVERAL.contains(&name.as_str())
        {
            report.error(span, wording::given_twice(name));
        } else {
            self.settings.push(setting);
        }
    }

    fn add_positional(&mut self, value: Expr, report: &mut Report) {
        let attribute = self.vocabulary.attribute;
        match (self.vocabulary.positional, &self.positional) {
            (None, _) => {
                let names = all_of(self.vocabulary.names.iter().copied());
                report.error_at(&value, wording::settings_by_name(attribute, names));
            }
            (Some(what), Some(_)) => report.error_at(&value, wording::positional_twice(what)),
            (Some(_), None) => self.positional = Some(value),
        }
    }

    pub(crate) fn positional(&mut self) -> Option<Expr> {
        self.positional.take()
    }

    /// Where a setting was written, whether or not its value was right.
    pub(crate) fn span_of(&self, name: &str) -> Option<Span> {
        let setting = self.settings.iter().find(|setting| setting.name == name)?;
        Some(setting.name.span())
    }

    /// The first of `names` that was written, with its span.
    pub(crate) fn first_of(&self, names: &[&'static str]) -> Option<(&'static str, Span)> {
        names.iter().find_map(|name| Some((*name, self.span_of(name)?)))
    }

    /// The expression of a setting, left where it is.
    pub(crate) fn peek(&self, name: &str) -> Option<&Expr> {
        let setting = self.settings.iter().find(|setting| setting.name == name)?;
        match &setting.value {
            Value::Expr(expr) => Some(expr),
            _ => None,
        }
    }

    fn take(&mut self, name: &str) -> Option<Value> {
        self.take_all(name).into_iter().next()
    }

    fn take_all(&mut self, name: &str) -> Vec<Value> {
        debug_assert!(self.vocabulary.names.contains(&name), "unlisted setting {name}");
        let settings = self.settings.iter_mut().filter(|setting| setting.name == name);
        // The name stays behind for `span_of`.
        settings.map(|setting| std::mem::replace(&mut setting.value, Value::Flag)).collect()
    }
}

impl Value {
    fn span(&self) -> Option<Span> {
        match self {
            Self::Expr(expr) => Some(expr.span()),
            _ => None,
        }
    }
}

/// `docs`, `docs = true`, `describe`: see [`Common`].
fn parse_switch(input: ParseStream<'_>, common: &mut Common, report: &mut Report) -> syn::Result<()> {
    let name: Ident = input.parse()?;
    let mut is_on = true;
    if input.parse::<Option<Token![=]>>()?.is_some() {
        let value = parse_value(input)?;
        match &value {
            Expr::Lit(syn::ExprLit { lit: syn::Lit::Bool(value), .. }) => is_on = value.value,
            _ => report.error_at(&value, wording::takes(&name, "`true` or `false`")),
        }
    }
    if name == "docs" {
        common.docs = is_on;
    } else {
        common.describe = is_on.then(|| name.span());
    }
    Ok(())
}

/// A value: an expression. `a = |x| …, b = …` ends at the comma.
fn parse_value(input: ParseStream<'_>) -> syn::Result<Expr> {
    Ok(unwrapped(input.parse()?))
}

/// A value that a `macro_rules!` macro was given comes in a group that nobody sees. It goes where it holds
/// nothing together, so that a literal is seen to be one.
fn unwrapped(value: Expr) -> Expr {
    match value {
        Expr::Group(group) => match unwrapped(*group.expr) {
            loose @ (Expr::Binary(_) | Expr::Cast(_) | Expr::Range(_) | Expr::Assign(_)) => {
                Expr::Group(syn::ExprGroup { expr: Box::new(loose), ..group })
            }
            whole => whole,
        },
        value => value,
    }
}

fn is_last(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    ahead.parse::<Ident>().is_ok() && ahead.is_empty()
}

/// Leaves what cannot be read; a comma inside brackets does not end it.
fn skip_to_comma(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<proc_macro2::TokenTree>()?;
    }
    Ok(())
}
