//! The stack so far, from the body outwards, as statements and a value: so that a policy can write its own
//! statements before, and expansions nest no deeper than they must. What a policy does is its own business.

use proc_macro2::TokenStream;
use quote::ToTokens;

use crate::names::emit;

pub(crate) struct Call {
    /// Statements before it.
    before: TokenStream,
    /// The result; in an async function it may await. An expression, but in the outermost policy, which
    /// may end in statements.
    value: TokenStream,
    /// Whether the value holds something that has to be dropped with its own statement.
    is_statement: bool,
}

impl Call {
    pub(crate) fn new(value: TokenStream) -> Self {
        Self { before: TokenStream::new(), value, is_statement: false }
    }

    /// Of a value that holds on to what stands before it: as the last expression of a block it would, in
    /// older editions, outlive that.
    pub(crate) fn statement(value: TokenStream) -> Self {
        Self { is_statement: true, ..Self::new(value) }
    }

    /// `statements`, and then this.
    pub(crate) fn after(self, statements: &TokenStream) -> Self {
        let before = &self.before;
        Self { before: emit!(#statements #before), ..self }
    }

    /// `let name = value;`
    pub(crate) fn named(&self, name: &str) -> TokenStream {
        self.bound(&syn::Ident::new(name, proc_macro2::Span::mixed_site()))
    }

    /// `let pattern = value;`
    pub(crate) fn bound(&self, pattern: &impl ToTokens) -> TokenStream {
        let Self { before, value, .. } = self;
        emit!(#before let #pattern = #value;)
    }

    /// Statements that end in the value.
    pub(crate) fn statements(&self) -> TokenStream {
        let Self { before, value, .. } = self;
        if self.is_statement { emit!(#before let out = #value; out) } else { emit!(#before #value) }
    }
}
