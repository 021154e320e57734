//! What is asked of the macros whatever they are given: an answer, and for the attributes that every
//! token of the item is in it. The cases are made in `generate.rs` and spoilt in `mutate.rs`.

#![allow(dead_code)]

use std::fmt;

use arbitrary::{Arbitrary, Result, Unstructured};
use proc_macro2::TokenStream;

mod generate;
mod kept;
mod mutate;
mod soup;

// The macros' modules, `ATTRIBUTES` and `PAGES`: see `build.rs`.
include!(concat!(env!("OUT_DIR"), "/macros.rs"));

/// One attribute above an item.
pub struct Attributed {
    name: &'static str,
    arguments: TokenStream,
    item: TokenStream,
}

/// An item under the derive.
pub struct Derived {
    item: TokenStream,
}

/// A struct under `#[derive(Degradable)]`.
pub struct Marked {
    item: TokenStream,
}

/// What is given to `describe!`.
pub struct Described {
    path: TokenStream,
}

/// A trait under `#[decorator]`.
pub struct Decorated {
    arguments: TokenStream,
    item: TokenStream,
}

impl<'a> Arbitrary<'a> for Decorated {
    fn arbitrary(bytes: &mut Unstructured<'a>) -> Result<Self> {
        const ARGUMENTS: [&str; 5] = [
            "Guarded",
            "Guarded",
            "Guarded, crate = facade::resilient",
            "crate = x, Guarded,",
            "name = Guarded",
        ];
        let arguments = soup::parsed(bytes.choose(&ARGUMENTS)?);
        let item = generate::decorated(bytes)?;
        Ok(Self { arguments: mutate::some(bytes, arguments)?, item: mutate::some(bytes, item)? })
    }
}

impl Decorated {
    /// Expands it; whether it is a trait that could be wrapped.
    ///
    /// # Panics
    /// Where the macro does, loses a token of the trait, or writes for a trait what cannot be read.
    pub fn check(&self) -> bool {
        let out = decorator::expand(self.arguments.clone(), self.item.clone());
        let lost = kept::lost_of_trait(&self.item, &out);
        assert!(lost.is_empty(), "{self:?}\nloses {lost:?}, and becomes\n{out}");
        let is_wrapped = syn::parse2::<syn::ItemTrait>(self.item.clone()).is_ok()
            && !out.to_string().contains("compile_error");
        if is_wrapped {
            let read = syn::parse2::<syn::File>(out.clone());
            assert!(read.is_ok(), "{self:?}\nbecomes what cannot be read, {:?}\n{out}", read.err());
        }
        is_wrapped
    }
}

impl fmt::Debug for Decorated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#[decorator({})]\n{}", kept::shown(&self.arguments), kept::shown(&self.item))
    }
}

impl<'a> Arbitrary<'a> for Marked {
    fn arbitrary(bytes: &mut Unstructured<'a>) -> Result<Self> {
        let item = generate::marked(bytes)?;
        Ok(Self { item: mutate::some(bytes, item)? })
    }
}

impl Marked {
    /// Expands it; whether there was nothing to complain of.
    ///
    /// # Panics
    /// Where the macro does, or writes what cannot be read.
    pub fn check(&self) -> bool {
        let out = degradable::expand(self.item.clone());
        let read = syn::parse2::<syn::File>(out.clone());
        assert!(read.is_ok(), "{}\nbecomes what cannot be read, {:?}\n{out}", self.item, read.err());
        !out.to_string().contains("compile_error")
    }
}

impl<'a> Arbitrary<'a> for Described {
    fn arbitrary(bytes: &mut Unstructured<'a>) -> Result<Self> {
        const PATHS: [&str; 4] =
            ["connect", "crate::client::connect", "Client::<u8>::connect", "<C as Api>::call"];
        let path = soup::parsed(bytes.choose(&PATHS)?);
        Ok(Self { path: mutate::some(bytes, path)? })
    }
}

impl Described {
    /// Expands it; whether there was nothing to complain of. What is no path is left to the compiler to refuse.
    ///
    /// # Panics
    /// Where the macro does, or makes of a path what is no expression.
    pub fn check(&self) -> bool {
        let out = stack::described::call(self.path.clone());
        let is_path = syn::parse2::<syn::ExprPath>(self.path.clone()).is_ok();
        let read = syn::parse2::<syn::Expr>(out.clone());
        assert!(read.is_ok() || !is_path, "{self:?}\nbecomes what cannot be read, {:?}\n{out}", read.err());
        !out.to_string().contains("compile_error")
    }
}

impl fmt::Debug for Described {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "describe!({})", kept::shown(&self.path))
    }
}

impl<'a> Arbitrary<'a> for Attributed {
    fn arbitrary(bytes: &mut Unstructured<'a>) -> Result<Self> {
        let name = *bytes.choose(ATTRIBUTES)?;
        let arguments = generate::arguments(bytes, name)?;
        let item = generate::function(bytes)?;
        Ok(Self { name, arguments: mutate::some(bytes, arguments)?, item: mutate::some(bytes, item)? })
    }
}

impl<'a> Arbitrary<'a> for Derived {
    fn arbitrary(bytes: &mut Unstructured<'a>) -> Result<Self> {
        let item = generate::error_type(bytes)?;
        Ok(Self { item: mutate::some(bytes, item)? })
    }
}

impl Attributed {
    /// Expands it; whether it is a function that could be guarded.
    ///
    /// # Panics
    /// Where the macro does, loses a token of the item, or makes of a function what is none.
    pub fn check(&self) -> bool {
        let Self { name, arguments, item } = self;
        let out = stack::expand(name, arguments.clone(), item.clone());
        let lost = kept::lost(item, &out);
        assert!(lost.is_empty(), "{self:?}\nloses {lost:?}, and becomes\n{out}");
        let is_guarded = kept::is_function(item) && !out.to_string().contains("compile_error");
        if is_guarded {
            // The function, and beside it what describes it.
            let read = syn::parse2::<syn::File>(out.clone());
            assert!(read.is_ok(), "{self:?}\nbecomes what cannot be read, {:?}\n{out}", read.err());
        }
        is_guarded
    }
}

impl Derived {
    /// Expands it; whether there was nothing to complain of.
    ///
    /// # Panics
    /// Where the macro does, or writes what cannot be read.
    pub fn check(&self) -> bool {
        let out = retryable::expand(self.item.clone());
        let read = syn::parse2::<syn::File>(out.clone());
        assert!(read.is_ok(), "{self:?}\nbecomes what cannot be read, {:?}\n{out}", read.err());
        !out.to_string().contains("compile_error")
    }
}

impl fmt::Debug for Attributed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, arguments, item } = self;
        write!(f, "#[{name}({})]\n{}", kept::shown(arguments), kept::shown(item))
    }
}

impl fmt::Debug for Derived {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#[derive(Retryable)]\n{}", kept::shown(&self.item))
    }
}
