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
            let read = syn::parse2::<syn::ItemFn>(out.clone());
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
