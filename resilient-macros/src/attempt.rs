//! One run of the user's body, as a future or closure that can be run, bounded or repeated. This is
//! the only file that says how a body is put inside another function so that `?`, `return` and
//! inference stay its own.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Pat, Type};

use crate::argument::{self, Argument, Passed, Receiver};
use crate::item::Function;
use crate::names::{Place, emit, here};
use crate::rename::rename_self;
use crate::returns::{Shape, hint};

/// What the policies around the body do with it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Runs {
    /// Run it once: the body may take everything.
    Once,
    /// Run it once, and then look at what it borrowed.
    Borrowing,
    /// Run it again and again: what the body takes must be renewed.
    Repeatedly,
}

pub(crate) struct Attempt<'f> {
    function: &'f Function,
    body: &'f Group,
}

impl<'f> Attempt<'f> {
    pub(crate) fn new(function: &'f Function, body: &'f Group) -> Self {
        Self { function, body }
    }

    /// The body where it stands.
    ///
    /// ```text
    /// async fn f(a: A) -> R { body }     async { let a = a; { body } }
    /// fn f(a: A) -> R { body }           || -> R { let a = a; { body } }
    /// ```
    pub(crate) fn here(&self, runs: Runs) -> TokenStream {
        let takes_all = match runs {
            Runs::Once => true,
            Runs::Borrowing => false,
            // What is the same for each attempt is copied, so that nothing has to stand still for the body.
            Runs::Repeatedly => self.function.is_async() && !self.function.reborrows(),
        };
        self.callable(runs, takes_all)
    }

    /// A sync body for another thread: a closure that takes everything with it.
    ///
    /// ```text
    /// fn f(a: A, mut b: B) -> R { body }     move || -> R { let (a, mut b) = (a, b); body }
    /// ```
    pub(crate) fn elsewhere(&self, runs: Runs) -> TokenStream {
        self.callable(runs, true)
    }

    /// `-> R`, where it was written: elsewhere a closure has none either, as clippy wants it.
    fn written_type(&self) -> Option<TokenStream> {
        let ty = &self.function.returns.ty;
        self.function.returns.is_written.then(|| emit!(-> #ty))
    }

    /// The body as a future, or as a closure where the function is not async.
    fn callable(&self, runs: Runs, takes_all: bool) -> TokenStream {
        let returns = &self.function.returns;
        let ty = &returns.ty;
        let bindings = bindings(&self.function.arguments, in_place(runs));
        let renewal = self.renewal(runs);
        let body = self.renamed(self.body, runs);
        let takes = takes_all.then(|| emit!(move));
        let hint_of_output = hint(ty);
        match returns.shape {
            Shape::Sync => {
                let ty = self.written_type();
                let block = self.block(emit!(#renewal #bindings #body));
                emit!(#takes || #ty #block)
            }
            Shape::Async => {
                let block = self.block(emit!(#renewal #hint_of_output #bindings #body));
                emit!(async #takes #block)
            }
            // What `#[async_trait]` writes, and what people write by hand: nothing happens before
            // the block, so its inside is the body.
            Shape::BoxedFuture if boxed_block(self.body).is_some() => {
                let inside = boxed_block(self.body).map(|block| self.renamed(&block, runs));
                let block = self.block(emit!(#renewal #hint_of_output #bindings #inside));
                emit!(async #takes #block)
            }
            // Each attempt makes a future, with whatever is done before, and then awaits it.
            Shape::BoxedFuture => self.made_future(Some(&returns.written), renewal.as_ref(), &body, runs),
            Shape::ImplFuture => self.made_future(None, renewal.as_ref(), &body, runs),
        }
    }

    fn made_future(
        &self,
        written: Option<&Type>,
        renewal: Option<&TokenStream>,
        body: &Group,
        runs: Runs,
    ) -> TokenStream {
        let takes = (runs == Runs::Once).then(|| emit!(move));
        let is_reborrowed = |argument: &Argument| argument.passed == Passed::Mutable && runs != Runs::Once;
        let reborrows =
            self.function.arguments.iter().filter(|argument| is_reborrowed(argument)).map(|argument| {
                let (Argument { name, again, .. }, cfg) = (argument, argument.cfg());
                emit!(#cfg #[allow(clippy::pedantic, clippy::restriction)] let #again = &mut *#name;)
            });
        let bindings = bindings(&self.function.arguments, |argument| {
            if is_reborrowed(argument) { argument.again.to_token_stream() } else { in_place(runs)(argument) }
        });
        let (made, output) = (written.map(hint), hint(&self.function.returns.ty));
        let block = self.block(emit!(#made #bindings #body));
        // A future that gives a future is what is wanted here: `return` in the body returns one.
        emit!(async #takes {
            #output
            #renewal
            #(#reborrows)*
            #[allow(clippy::async_yields_async)]
            let made = async move #block;
            made.await.await
        })
    }

    /// Braces of the user's, so that the compiler reports a missing tail value there.
    fn block(&self, inside: TokenStream) -> Group {
        let mut block = Group::new(Delimiter::Brace, inside);
        block.set_span(here(self.body.span()));
        block
    }

    fn renewal(&self, runs: Runs) -> Option<TokenStream> {
        let receiver = self.renewed_receiver(runs)?;
        let name = receiver.renewed();
        let token = &receiver.token;
        let mutability = receiver.is_mut.then(|| quote!(mut));
        let kept = receiver.kept();
        Some(match receiver.passed {
            Passed::Value | Passed::Shared => emit! {
                #[allow(clippy::pedantic, clippy::restriction)]
                let #mutability #name = #kept;
            },
            Passed::Mutable => emit!(let #name = &mut *#token;),
            Passed::Pinned => emit!(let #mutability #name = ::core::pin::Pin::as_mut(&mut #token);),
        })
    }

    /// The body as the user wrote it, but for `self`. Where it has locals its braces stay the user's: the
    /// edition that they are of decides whether locals or what the last expression made is dropped first.
    /// Elsewhere the compiler would find the user's braces superfluous.
    fn renamed(&self, body: &Group, runs: Runs) -> Group {
        let inside = match self.renewed_receiver(runs) {
            Some(receiver) => rename_self(body.stream(), &receiver.renewed()),
            None => body.stream(),
        };
        let ends_statement =
            |token: TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ';');
        let has_locals = body.stream().into_iter().any(ends_statement);
        let mut renamed = Group::new(Delimiter::Brace, inside);
        renamed.set_span(if has_locals { body.span() } else { here(body.span()) });
        renamed
    }

    /// `self` cannot be rebound, so where it has to be renewed the body says another name for it.
    fn renewed_receiver(&self, runs: Runs) -> Option<&'f Receiver> {
        let receiver = self.function.receiver.as_ref()?;
        let borrows_anew = match self.function.returns.shape {
            // A block that is not `move` borrows `self` for as long as the attempt lasts.
            Shape::Sync | Shape::Async => matches!(receiver.passed, Passed::Value | Passed::Pinned),
            // A future that the body makes takes `self` with it.
            Shape::ImplFuture | Shape::BoxedFuture => receiver.passed != Passed::Shared,
        };
        let is_needed =
            runs == Runs::Repeatedly || (runs == Runs::Borrowing && receiver.passed != Passed::Value);
        Some(receiver).filter(|_| is_needed && borrows_anew)
    }
}

/// Statements that give the body its arguments as the user binds them, each from where `source` says it
/// is. They are dropped as those of a plain function are: the last first, and of each what its pattern
/// leaves unbound after what it binds.
fn bindings(arguments: &[Argument], source: impl Fn(&Argument) -> TokenStream) -> TokenStream {
    let mut statements = TokenStream::new();
    let mut names: Vec<&Argument> = Vec::new();
    let bind = |names: &mut Vec<&Argument>| {
        let allow = names.first().and_then(|name| name.allow());
        let sources = names.iter().map(|argument| source(argument));
        let bound = rebind(names.iter().map(|argument| &argument.pattern), sources, allow.as_ref());
        names.clear();
        bound
    };
    let is_there = |argument: &&Argument| argument.passed != Passed::Shared || !argument.is_plain();
    for argument in arguments.iter().filter(is_there) {
        let is_alone = argument.is_bound_alone();
        if names.last().is_some_and(|last| is_alone || last.is_used != argument.is_used) {
            statements.extend(bind(&mut names));
        }
        if is_alone {
            statements.extend(argument.rebind(source(argument), argument.allow().as_ref()));
        } else {
            names.push(argument);
        }
    }
    statements.extend(bind(&mut names));
    statements
}

impl Argument {
    /// Whether a statement of its own binds it.
    fn is_bound_alone(&self) -> bool {
        !self.bound_by.is_empty() || !matches!(self.pattern, Pat::Ident(_)) || !self.has_own_name()
    }

    /// What an attribute names need not be named by the body.
    fn allow(&self) -> Option<TokenStream> {
        self.is_used.then(|| emit!(#[allow(unused_variables)]))
    }

    /// Statements that bind it as the user does. A pattern takes its value apart in the place where it
    /// stays until the end, as an argument does.
    pub(crate) fn rebind(&self, source: TokenStream, allow: Option<&TokenStream>) -> TokenStream {
        let Self { name, pattern, bound_by, .. } = self;
        let allow = emit!(#(#bound_by)* #allow);
        let cfg = self.cfg();
        let is_name = |pattern: &Pat| matches!(pattern, Pat::Ident(name) if name.by_ref.is_none() && name.subpat.is_none());
        let stays = self.passed == Passed::Value && !is_name(pattern);
        let (stay, source) = if stays {
            let mutability = argument::borrows_mutably(pattern.to_token_stream()).then(|| quote!(mut));
            (Some(emit!(#cfg let #mutability #name = #source;)), name.to_token_stream())
        } else {
            (None, source)
        };
        let bound = rebind(std::iter::once(pattern), std::iter::once(source), Some(&allow));
        quote!(#stay #bound)
    }
}

/// `let (a, mut b) = (source, source);`. The user's names stand twice in what is written, and not by
/// the user's fault.
pub(crate) fn rebind(
    patterns: impl ExactSizeIterator<Item = impl ToTokens>,
    sources: impl Iterator<Item = TokenStream>,
    allow: Option<&TokenStream>,
) -> TokenStream {
    let (patterns, sources) = match patterns.len() {
        0 => return TokenStream::new(),
        1 => (quote!(#(#patterns)*), quote!(#(#sources)*)),
        _ => (quote!((#(#patterns),*)), quote!((#(#sources),*))),
    };
    emit! {
        #[allow(clippy::pedantic, clippy::restriction)]
        #allow
        let #patterns = #sources;
    }
}

/// An argument for a body that runs in the place where the argument is.
fn in_place(runs: Runs) -> impl Fn(&Argument) -> TokenStream {
    move |Argument { name, again, passed, .. }| match (passed, runs) {
        (Passed::Value, Runs::Repeatedly) => again.to_token_stream(),
        (Passed::Mutable, Runs::Repeatedly | Runs::Borrowing) => emit!(&mut *#name),
        _ => name.to_token_stream(),
    }
}

impl Receiver {
    /// The name by which a repeated body knows `self`; with the user's hygiene, as the body says it.
    pub(crate) fn renewed(&self) -> Ident {
        Ident::new("__self_again", self.token.span())
    }

    /// The name of one attempt's `self` before the body has it.
    fn kept(&self) -> Ident {
        Ident::new("again_self", here(self.token.span()))
    }
}

/// The block of a body that is `Box::pin(async move { … })` and nothing else.
fn boxed_block(body: &Group) -> Option<Group> {
    let mut tokens = body.stream().into_iter().peekable();
    // `Box::pin`, `::std::boxed::Box::pin`; not what only ends so.
    let mut path = String::new();
    while let Some(TokenTree::Ident(_) | TokenTree::Punct(_)) = tokens.peek() {
        path.push_str(&tokens.next()?.to_string());
    }
    let TokenTree::Group(call) = tokens.next()? else { return None };
    let is_pin = ["Box::pin", "std::boxed::Box::pin", "alloc::boxed::Box::pin"]
        .contains(&path.strip_prefix("::").unwrap_or(&path));
    if !is_pin || tokens.next().is_some() {
        return None;
    }
    let mut inside = call.stream().into_iter();
    for word in ["async", "move"] {
        if !matches!(inside.next()?, TokenTree::Ident(ident) if ident == word) {
            return None;
        }
    }
    match (inside.next()?, inside.next()) {
        (TokenTree::Group(block), None) => Some(block),
        _ => None,
    }
}

/// Statements that give each argument passed by value to the next attempt and keep what the one after
/// needs; see the runtime's `renew`.
pub(crate) struct Renewals {
    /// Before the loop.
    pub(crate) keep: TokenStream,
    /// At the head of each attempt; `run` is the call so far.
    pub(crate) renew: TokenStream,
    /// The names under which this attempt's arguments are kept, as `Option`s.
    pub(crate) rests: Vec<Ident>,
    /// After a failed attempt: the rests become what is kept.
    pub(crate) kept: Vec<Ident>,
}

impl Renewals {
    pub(crate) fn of(function: &Function, retry: &TokenStream) -> Self {
        let receiver = function.receiver.iter().filter(|receiver| receiver.passed == Passed::Value);
        let arguments = function.arguments.iter().filter(|argument| argument.passed == Passed::Value);
        let values = receiver
            .map(|receiver| (receiver.token.to_token_stream(), receiver.kept(), Place::of(&receiver.token)))
            .chain(arguments.map(|argument| {
                (argument.name.to_token_stream(), argument.again.clone(), Place::of(&argument.ty))
            }));
        let mixed = proc_macro2::Span::mixed_site();
        let mut renewals =
            Self { keep: TokenStream::new(), renew: TokenStream::new(), rests: Vec::new(), kept: Vec::new() };
        let mut originals = Vec::new();
        for (index, (original, name, place)) in values.enumerate() {
            let kept = Ident::new(&format!("kept_{index}"), mixed);
            let rest = Ident::new(&format!("rest_{index}"), mixed);
            let renew = place.call("renew", emit!(#kept, #retry.is_last(&run)), None);
            originals.push(original);
            renewals.renew.extend(emit!(let (#name, #rest) = #renew;));
            renewals.rests.push(rest);
            renewals.kept.push(kept);
        }
        renewals.keep =
            rebind(renewals.kept.iter().map(|kept| quote!(mut #kept)), originals.into_iter(), None);
        renewals
    }
}
