//! What a policy is put around, and what it makes of it: a piece of the stack that can be run. The only
//! file that says how pieces of sync and async functions are handed on and run; what a policy does is
//! its own business.

use proc_macro2::TokenStream;

use crate::names::{block, emit};

/// The stack so far, from the body outwards.
pub(crate) struct Call {
    is_async: bool,
    form: Form,
}

enum Form {
    /// A future, or a closure without parameters: what can be handed on as it is.
    Callable(TokenStream),
    /// Statements or an expression that give the result; in an async function they may await.
    Inline(TokenStream),
}

impl Call {
    /// A future in an async function, a closure elsewhere.
    pub(crate) fn callable(is_async: bool, tokens: TokenStream) -> Self {
        Self { is_async, form: Form::Callable(tokens) }
    }

    /// Statements that run the call where they stand.
    pub(crate) fn inline(is_async: bool, tokens: TokenStream) -> Self {
        Self { is_async, form: Form::Inline(tokens) }
    }

    /// An expression of the result, run where it stands.
    pub(crate) fn value(&self) -> TokenStream {
        match &self.form {
            Form::Callable(future) if self.is_async => emit!(#future.await),
            Form::Callable(closure) => emit!((#closure)()),
            Form::Inline(tokens) => tokens.clone(),
        }
    }

    /// A future or closure that runs it, for a policy to run.
    pub(crate) fn as_callable(&self) -> TokenStream {
        match &self.form {
            Form::Callable(tokens) => tokens.clone(),
            Form::Inline(tokens) => {
                let block = block(tokens);
                if self.is_async { emit!(async #block) } else { emit!(|| #block) }
            }
        }
    }
}
