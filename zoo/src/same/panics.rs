//! Panics: the payload is the caller's to catch, and the place is in the body.

use std::panic::Location;

use resilient_zoo_stamp::each_policy;

/// Where it is called.
#[track_caller]
#[must_use]
pub const fn here() -> &'static Location<'static> {
    Location::caller()
}

/// Panics and places.
#[each_policy(no_default)]
pub mod anywhere {
    use std::backtrace::Backtrace;
    use std::panic::{Location, resume_unwind};

    use resilient_zoo::prelude::*;
    use resilient_zoo::same::panics::here;

    static WITNESS: Witness = Witness::new();

    /// With a payload that has a type.
    #[guarded]
    pub fn payload(number: u64) -> Result<Served<u32>, Fault> {
        WITNESS.attempt(number)?;
        resume_unwind(Box::new(number))
    }

    /// Where the body is.
    #[guarded]
    pub fn place(_n: u32) -> Result<Served<(&'static Location<'static>, u32)>, Fault> {
        WITNESS.attempt(())?;
        Ok((here(), line!()).into())
    }

    /// What a debugger would show.
    #[guarded]
    pub fn frames(_n: u32) -> Result<Served<(String, u32)>, Fault> {
        WITNESS.attempt(())?;
        Ok((Backtrace::force_capture().to_string(), line!()).into())
    }

    #[test]
    fn they_are_as_the_body_has_them() {
        use std::panic::{AssertUnwindSafe, catch_unwind};
        let caught = catch_unwind(AssertUnwindSafe(|| {
            let _ = WITNESS.watch(0, &mut || payload(7));
        }));
        assert_eq!(caught.err().and_then(|payload| payload.downcast::<u64>().ok()), Some(Box::new(7)));
        let (came, _) = WITNESS.watch(1, &mut || place(1));
        if let Ok(served) = came {
            let (location, line) = served.into_inner();
            assert_eq!((location.file(), location.line()), (file!(), line));
        }
        let (shown, _) = WITNESS.watch(0, &mut || frames(1));
        let (text, line) = shown.map(Served::into_inner).unwrap_or_default();
        assert!(text.contains(&format!("panics.rs:{line}")), "{line} is not in\n{text}");
    }
}
