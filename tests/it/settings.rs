//! Every setting by its name, and what differs because of it: a setting that is not in these tables fails
//! the build, so none is taken and then ignored. How settings work together is told elsewhere.

mod circuit_breaker;
#[cfg(feature = "cache")]
mod fallback;
mod fragments;
mod retry;
mod timeout;

/// Runs what shows the settings, one after the other; together they must be all settings there are.
fn shown(names: &[&str], settings: &[(&str, fn())]) {
    // Those do nothing to a call: one is shown by the macros' expansions, the other next door.
    let of_the_function = |name: &&str| !matches!(*name, "docs" | "describe");
    let mut missing: Vec<&str> = names.iter().copied().filter(of_the_function).collect();
    for (name, show) in settings {
        missing.retain(|missing| missing != name);
        show();
    }
    assert_eq!(missing, [""; 0], "nothing shows what these do");
}
