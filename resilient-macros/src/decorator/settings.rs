//! What is written in the parentheses of `#[decorator(…)]`: the wrapper's name, and where this crate is
//! found. What the wrapper looks like is decided elsewhere.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{LitStr, Path, Token};

use crate::names::emit;
use crate::report::{Report, nearest};
use crate::wording;

#[derive(Default)]
pub(super) struct Settings {
    pub(super) name: Option<Ident>,
    pub(super) crate_path: Option<Path>,
    /// Whether there is nothing that may have been meant as a name.
    pub(super) is_nameless: bool,
}

impl Settings {
    /// Reads all that can be read; the rest is reported.
    pub(super) fn parse(tokens: TokenStream, report: &mut Report) -> Self {
        let mut settings = Self { is_nameless: true, ..Self::default() };
        let parser = |input: ParseStream<'_>| {
            while !input.is_empty() {
                settings.parse_one(input, report)?;
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
        settings
    }

    fn parse_one(&mut self, input: ParseStream<'_>, report: &mut Report) -> syn::Result<()> {
        if input.peek(Token![crate]) && input.peek2(Token![=]) {
            input.parse::<Token![crate]>()?;
            input.parse::<Token![=]>()?;
            self.crate_path = Some(Path::parse_mod_style(input)?);
            return Ok(());
        }
        let ahead = input.fork();
        let ident = ahead.call(Ident::parse_any);
        if let (Ok(name), true) = (&ident, ahead.peek(Token![=])) {
            if name == "name" && self.is_nameless {
                return self.take_labelled(name, input, report);
            }
            let near = nearest(&name.to_string(), ["crate"]).map(wording::did_you_mean).unwrap_or_default();
            let names = "the wrapper's name and `crate`";
            report.error(name.span(), wording::unknown_setting("decorator", name, near, names));
            return skip_to_comma(input).map(drop);
        }
        self.is_nameless = false;
        let written = skip_to_comma(input)?;
        match syn::parse2::<Ident>(written.clone()) {
            Ok(name) if self.name.is_none() => self.name = Some(name),
            Ok(name) => report.error(name.span(), wording::positional_twice("the wrapper's name")),
            Err(_) => report.error_at(&written, wording::wrapper_name_is_an_identifier()),
        }
        Ok(())
    }

    /// `name = Guarded`: what is meant is clear.
    fn take_labelled(
        &mut self,
        label: &Ident,
        input: ParseStream<'_>,
        report: &mut Report,
    ) -> syn::Result<()> {
        self.is_nameless = false;
        let value = skip_to_comma(input)?.into_iter().skip(2).collect::<TokenStream>();
        let quoted = || syn::parse2::<LitStr>(value.clone()).and_then(|text| text.parse());
        let name = syn::parse2::<Ident>(value.clone()).or_else(|_| quoted()).ok();
        let shown = name.as_ref().map_or_else(|| "RetryingModel".to_owned(), Ident::to_string);
        report.error(label.span(), wording::wrapper_name_alone(shown));
        self.name = self.name.take().or(name);
        Ok(())
    }

    /// The module of the runtime that generated code uses.
    pub(super) fn runtime(&self) -> TokenStream {
        match &self.crate_path {
            Some(path) => emit!(#path::__private),
            None => emit!(::resilient::__private),
        }
    }
}

/// What is written up to the next comma.
fn skip_to_comma(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut skipped = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?.to_tokens(&mut skipped);
    }
    Ok(skipped)
}
