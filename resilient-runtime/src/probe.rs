//! Asking a type what it can do without demanding that it can: an inherent method wins where its
//! bounds hold, a trait method of the same name answers for all other types. Only generated code
//! comes here, through the macros at the end, which know the concrete type.

use std::any::type_name;
use std::convert::Infallible;
use std::error::Error;
use std::fmt::{Debug, Display};

use crate::classify::{Judged, RetryClassification, Retryable};
use crate::event::Text;
#[cfg(feature = "cache")]
use crate::policy::fallback::{Keepable, Shared};
use crate::private::Outcome;

/// An error, to be asked for its text and its hint.
pub struct Told<'e, E>(pub &'e E);

impl<'e, E: Display> Told<'e, E> {
    /// As the type wants to be shown.
    #[must_use]
    pub fn text(self) -> Text<'e> {
        Text::Display(self.0)
    }

    /// How to get its [`text`](Self::text), for later.
    #[must_use]
    pub fn shown(self) -> fn(&E) -> Text<'_> {
        |error| Text::Display(error)
    }
}

/// For types that are `Debug` only.
pub trait ByDebug<'e, E> {
    /// As programmers see it.
    fn text(self) -> Text<'e>;

    /// How to get it, for later.
    fn shown(self) -> fn(&E) -> Text<'_>;
}

impl<'e, E: Debug> ByDebug<'e, E> for Told<'e, E> {
    fn text(self) -> Text<'e> {
        Text::Debug(self.0)
    }

    fn shown(self) -> fn(&E) -> Text<'_> {
        |error| Text::Debug(error)
    }
}

/// For types that cannot be shown.
pub trait ByName<E> {
    /// The type's name.
    fn text(self) -> Text<'static>;

    /// How to get it, for later.
    fn shown(self) -> fn(&E) -> Text<'_>;
}

impl<E> ByName<E> for &Told<'_, E> {
    fn text(self) -> Text<'static> {
        Text::Name(type_name::<E>())
    }

    fn shown(self) -> fn(&E) -> Text<'_> {
        |_| Text::Name(type_name::<E>())
    }
}

impl<E: Retryable> Told<'_, E> {
    /// What the error says of itself.
    #[must_use]
    pub fn judged(self) -> Judged {
        Judged::of(self.0)
    }
}

impl<'e, E: Retryable> Told<'e, E> {
    /// The error that speaks for this one.
    #[must_use]
    pub fn inner(self) -> Option<&'e (dyn Error + 'static)> {
        self.0.__resilient_inner()
    }
}

/// For errors that do not classify themselves.
pub trait Unclassified<'e>: Sized {
    /// Nothing that says more than others do.
    fn judged(self) -> Judged {
        Judged::from(RetryClassification::TRANSIENT)
    }

    /// None.
    fn inner(self) -> Option<&'e (dyn Error + 'static)> {
        None
    }
}

impl<'e, E> Unclassified<'e> for Told<'e, E> {}

#[cfg(feature = "cache")]
impl<E: Keepable> Told<'_, E> {
    /// A copy, for others who waited for it.
    #[must_use]
    pub fn shared(self) -> Option<Shared> {
        Some(Shared::new(self.0))
    }
}

/// For errors that cannot be copied, or not be sent to other threads.
#[cfg(feature = "cache")]
pub trait Unshared: Sized {
    /// None.
    fn shared(self) -> Option<Shared> {
        None
    }
}

#[cfg(feature = "cache")]
impl<E> Unshared for Told<'_, E> {}

impl<'e, E: Error + 'static> Told<'e, E> {
    /// As an error.
    #[must_use]
    pub fn error(self) -> Option<&'e (dyn Error + 'static)> {
        Some(self.0)
    }
}

/// For types that are no errors.
pub trait NoError<'e>: Sized {
    /// None.
    fn error(self) -> Option<&'e (dyn Error + 'static)> {
        None
    }
}

impl<'e, E> NoError<'e> for Told<'e, E> {}

/// The outcome of a function that `until` judges.
pub struct Seen<'o, R>(pub &'o R);

impl<'o, R: Outcome> Seen<'o, R> {
    /// Success or failure.
    pub fn seen(self) -> Result<&'o R::Value, &'o R::Error> {
        self.0.seen()
    }
}

/// For plain values: they are always a success.
pub trait Plain<'o, R> {
    /// The value.
    fn seen(self) -> Result<&'o R, &'o Infallible>;
}

impl<'o, R> Plain<'o, R> for Seen<'o, R> {
    fn seen(self) -> Result<&'o R, &'o Infallible> {
        Ok(self.0)
    }
}

/// Whether an error is of a type, or has one of it among its sources.
#[doc(hidden)]
#[macro_export]
macro_rules! __resilient_is {
    ($error:expr, $ty:ty) => {{
        use $crate::__private::ErrorChain as _;
        #[allow(unused_imports)]
        use $crate::__private::probe::Unclassified as _;
        $error.__resilient_is::<$ty>()
            || $crate::__private::has::<$ty>($crate::__private::probe::Told($error).inner())
    }};
}

/// A field of an error as an error, if it is one.
#[doc(hidden)]
#[macro_export]
macro_rules! __resilient_error {
    ($field:expr) => {{
        #[allow(unused_imports)]
        use $crate::__private::probe::NoError as _;
        $crate::__private::probe::Told($field).error()
    }};
}

/// Tells the compiler, by a `return` that is never reached, what the block around it gives: `?` and
/// coercions in it then work as in a function.
#[doc(hidden)]
#[macro_export]
macro_rules! __resilient_returns {
    ($ty:ty) => {
        // So that not even the first passes of the compiler take it for a way out.
        if false {
            if let ::core::option::Option::Some(out) = $crate::__private::returns::<$ty>() {
                return out;
            }
        }
    };
}
