//! How large guarded futures are, how deep they nest, and how much stack guarded functions take.
//! Measured against the plain functions, at the default recursion limit; stack also in a package of its own
//! that is optimized as a release build is.
#![allow(missing_docs, clippy::unused_async)]

use resilient_zoo::prelude::Served;
use resilient_zoo::witness::paused;
use resilient_zoo_stamp::each_policy;

/// An argument of some size, to be cloned.
#[derive(Clone, Debug)]
pub struct Block([u64; 64]);

/// What a policy may add to a future.
const PER_POLICY: usize = 128;

#[each_policy(as_written, no_default)]
pub mod futures {
    use resilient_zoo::prelude::*;

    #[guarded]
    pub async fn nothing() -> Result<Served<u32>, Fault> {
        tokio::task::yield_now().await;
        Ok(1.into())
    }

    #[guarded]
    pub async fn borrowed(text: &str, list: &mut Vec<u32>) -> Result<Served<u32>, Fault> {
        tokio::task::yield_now().await;
        list.push(1);
        Ok(u32::try_from(text.len()).unwrap_or(0).into())
    }

    #[guarded]
    pub async fn moved(text: String, block: crate::Block) -> Result<Served<u64>, Fault> {
        tokio::task::yield_now().await;
        Ok((block.0.iter().sum::<u64>() + text.len() as u64).into())
    }

    /// Holds much while it waits.
    #[guarded]
    pub async fn large(seed: u8) -> Result<Served<u8>, Fault> {
        let held = [seed; 4096];
        tokio::task::yield_now().await;
        Ok(held.iter().fold(0_u8, |sum, one| sum.wrapping_add(*one)).into())
    }

    const _: resilient_zoo::witness::Policy = POLICY;
}

/// The sizes of the four, and those of the arguments that must be kept.
macro_rules! sizes {
    ($policy:ident) => {{
        let mut list = Vec::new();
        [
            size_of_val(&futures::$policy::nothing()),
            size_of_val(&futures::$policy::borrowed("", &mut list)),
            size_of_val(&futures::$policy::moved(String::new(), Block([0; 64]))),
            size_of_val(&futures::$policy::large(1)),
        ]
    }};
}

#[test]
fn futures_grow_by_their_arguments_and_little_more() {
    let plain = sizes!(plain);
    let handed_on = [0, size_of::<(&str, &mut Vec<u32>)>(), size_of::<(String, Block)>(), size_of::<u8>()];
    // `copies`: of the arguments, besides the plain function's two. They are handed on once; a retry keeps
    // those of the next attempt.
    let check = |name: &str, policies: usize, copies: usize, sizes: [usize; 4]| {
        for (at, (size, plain)) in sizes.iter().zip(plain).enumerate() {
            let most = plain + policies * PER_POLICY + copies * handed_on[at];
            assert!(*size <= most, "{name}: {sizes:?} is more than {policies} × {PER_POLICY} above {plain}");
        }
    };
    check("retry", 1, 2, sizes!(retry));
    check("circuit_breaker", 1, 1, sizes!(circuit_breaker));
    check("timeout", 1, 1, sizes!(timeout));
    check("deadline", 1, 1, sizes!(deadline));
    check("fallback", 1, 1, sizes!(fallback));
    check("full", 5, 2, sizes!(full));
}

/// Functions that call each other, each guarded by these.
macro_rules! nested {
    ([$($guards:tt)*] $outer:ident $inner:ident $($more:ident)*) => {
        $($guards)*
        pub async fn $outer(n: u32) -> Result<Served<u32>, Fault> {
            Ok(($inner(n).await?.into_inner() + 1).into())
        }
        nested!([$($guards)*] $inner $($more)*);
    };
    ([$($guards:tt)*] $last:ident) => {
        async fn $last(n: u32) -> Result<Served<u32>, Fault> {
            tokio::task::yield_now().await;
            let place = 0_u8;
            crate::DEEPEST.set(&raw const place as usize);
            Ok(n.into())
        }
    };
}

thread_local! {
    /// The place of the innermost frame.
    static DEEPEST: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// What twelve nested calls run on.
const SMALL_STACK: usize = 64 * 1024;

/// What they run on under all policies at once: without optimization each frame has a place of its own for
/// everything that is moved through it.
const FULL_STACK: usize = if cfg!(debug_assertions) { 160 * 1024 } else { SMALL_STACK };

macro_rules! twelve_deep {
    ($($name:ident on $stack:ident: [$($guards:tt)*];)*) => {
        $(pub mod $name {
            use resilient_zoo::prelude::*;
            nested!([$($guards)*] one two three four five six seven eight nine ten eleven twelve last);
        })*

        #[test]
        fn twelve_nested_calls_run_on_a_small_stack() {
            $(
                let (came, taken) = spawned(1024 * 1024, || {
                    let top = 0_u8;
                    let came = paused($name::one(30));
                    (came, (&raw const top as usize).saturating_sub(DEEPEST.get()))
                });
                assert_eq!(came.ok().map(Served::into_inner), Some(42), stringify!($name));
                assert!(taken <= $stack, "{}: {taken} bytes for twelve", stringify!($name));
            )*
        }
    };
}

twelve_deep! {
    plain on SMALL_STACK: [];
    retried on SMALL_STACK: [#[retry]];
    broken on SMALL_STACK: [#[circuit_breaker]];
    timed on SMALL_STACK: [#[timeout(secs = 100)]];
    bounded on SMALL_STACK: [#[deadline(secs = 100)]];
    degraded on SMALL_STACK: [#[fallback(default = 0)]];
    full on FULL_STACK: [
        #[fallback(default = 0)]
        #[deadline(secs = 1000)]
        #[circuit_breaker]
        #[retry]
        #[timeout(secs = 100)]
    ];
}

fn spawned<T: Send + 'static>(stack: usize, run: impl FnOnce() -> T + Send + 'static) -> T {
    let thread = std::thread::Builder::new().stack_size(stack).spawn(run);
    thread.and_then(|thread| thread.join().map_err(|_| std::io::ErrorKind::Other.into())).expect("a thread")
}

const DEPTH: usize = 10_000;

#[each_policy(as_written, borrows, no_default)]
pub mod recursive {
    use resilient_zoo::prelude::*;

    /// Gives the place of its innermost frame. The buffer is what a function that does something has.
    #[guarded]
    pub fn descend(depth: usize, line: &mut [u8; 64]) -> Result<Served<usize>, Fault> {
        let mut own = [0_u8; 256];
        own[depth % 256] = line[depth % 64];
        line[depth % 64] = own[(depth + 1) % 256];
        if depth == 0 {
            return Ok((&raw const own as usize).into());
        }
        let place = descend(depth - 1, line)?;
        line[0] = own[depth % 256];
        Ok(place)
    }

    const _: resilient_zoo::witness::Policy = POLICY;
}

/// How much stack the function takes to that depth.
macro_rules! depth {
    ($policy:ident) => {
        spawned(256 * 1024 * 1024, || {
            let top = 0_u8;
            let place = recursive::$policy::descend(DEPTH, &mut [0; 64]).map(Served::into_inner);
            (&raw const top as usize).saturating_sub(place.unwrap_or_default())
        })
    };
}

#[test]
fn recursion_takes_at_most_twice_the_stack() {
    let plain = depth!(plain);
    let check = |name: &str, times: usize, taken: usize| {
        assert!(taken > plain, "{name} was not measured");
        let (call, of_plain) = (taken / DEPTH, plain / DEPTH);
        assert!(taken <= times * plain, "{name}: {call} bytes a call, plain {of_plain}");
    };
    check("retry", 2, depth!(retry));
    check("circuit_breaker", 2, depth!(circuit_breaker));
    check("fallback", 2, depth!(fallback));
    // Without optimization nothing that the policies hold shares a place.
    check("full", if cfg!(debug_assertions) { 3 } else { 2 }, depth!(full));
}
