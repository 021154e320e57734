//! The `contention` example in small: what was published about backoff and jitter holds for the delays of
//! this crate, and the documentation shows the numbers that come out. Single delays are tested in the runtime.

use std::sync::LazyLock;
use std::time::Duration;

use example::simulation::Outcome;
use example::strategy::Strategy;
use example::table::{Row, markdown, measure};
use example::{RUNS, SEED, picture};

#[allow(dead_code, reason = "the example's own `main` is not called here")]
#[path = "../../examples/contention/main.rs"]
mod example;

/// Five clients and a hundred, as the example measures them.
static MEASURED: LazyLock<Vec<Row>> = LazyLock::new(|| measure(&[5, 100], RUNS, SEED));

/// More than one seed, so that none of it is luck.
#[test]
fn jitter_does_what_was_published_of_it() {
    for seed in [1, 1_000] {
        let [none, in_step, default, equal, full, decorrelated] = measure(&[100], 3, seed)[0].outcomes;

        let backing_off = [in_step, default, equal, full, decorrelated];
        assert!(backing_off.iter().all(|with| with.calls * 6 < none.calls * 5), "no backoff: most calls");
        assert!(backing_off.iter().all(|with| with.time > none.time), "and done the soonest");

        let spread = [default, equal, full, decorrelated];
        assert!(spread.iter().all(|with| with.calls * 3 < in_step.calls * 2), "in step: many calls");
        assert!(spread.iter().all(|with| with.time * 2 < in_step.time), "and done the latest");

        assert!(full.calls * 2 < in_step.calls && equal.calls * 2 < in_step.calls);
        assert!(full.calls * 10 < decorrelated.calls * 9, "decorrelated: more calls than full");
        assert!([full, decorrelated].iter().all(|with| with.time * 8 < in_step.time));
        assert!(full.time * 2 < default.time, "a tenth spreads too little for so many");
    }
}

/// What the publication's own program gives for a hundred clients, mean of a hundred runs.
#[test]
fn the_published_simulator_comes_to_the_same() {
    let published = [(2_417, 2_024), (1_852, 63_003), (811, 6_531), (796, 4_834), (1_000, 4_559)];
    let [none, in_step, _, equal, full, decorrelated] = MEASURED[1].outcomes;
    for (ours, (calls, millis)) in [none, in_step, equal, full, decorrelated].iter().zip(published) {
        assert!(ours.calls.abs_diff(calls) * 20 <= calls, "{ours:?}, not {calls} calls");
        let time = Duration::from_millis(millis);
        assert!(ours.time.abs_diff(time) * 10 <= time, "{ours:?}, not {time:?}");
    }
}

#[test]
fn few_clients_need_no_jitter() {
    let outcomes = &MEASURED[0].outcomes;
    assert!(outcomes.iter().all(|outcome| (13..=16).contains(&outcome.calls)), "{outcomes:?}");
    assert!(outcomes.iter().all(|outcome| outcome.time < Duration::from_millis(500)), "{outcomes:?}");
}

#[test]
fn the_documentation_shows_what_comes_out() {
    let page = include_str!("../../resilient-macros/docs/retry.md");
    for line in markdown(&MEASURED).lines() {
        assert!(page.contains(line), "the page of `#[retry]` lacks {line:?}");
    }
    let readme = include_str!("../../README.md");
    let cells = |cell: fn(&Outcome) -> String| MEASURED[1].outcomes.each_ref().map(cell).join(" | ");
    for line in [
        format!("| calls | {} |", cells(|outcome| outcome.calls.to_string())),
        format!("| seconds | {} |", cells(|outcome| format!("{:.2}", outcome.time.as_secs_f64()))),
    ] {
        assert!(readme.contains(&line), "the README lacks {line:?}");
    }
}

#[test]
fn a_seed_gives_the_same_table_and_picture_each_time() {
    let shown = |seed| {
        let rows = measure(&[3, 30], 2, seed);
        (markdown(&rows), picture::svg(&rows))
    };
    assert_eq!(shown(7), shown(7));
    assert_ne!(shown(7), shown(8));
}

/// The names of the elements in the order in which they open, of which each is closed where it must be.
fn elements(xml: &str) -> Vec<&str> {
    let (mut seen, mut open) = (Vec::new(), Vec::new());
    let mut rest = xml.trim_end();
    while let Some((text, tag)) = rest.split_once('<') {
        assert!(!text.contains(['>', '&']), "{text:?}");
        let (tag, after) = tag.split_once('>').expect("tags end");
        rest = after;
        assert_eq!(tag.matches('"').count() % 2, 0, "<{tag}>");
        if let Some(closed) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(closed));
        } else {
            let name = tag.split([' ', '/']).next().unwrap();
            seen.push(name);
            if !tag.ends_with('/') {
                open.push(name);
            }
        }
        assert!(!open.is_empty() || rest.is_empty(), "one root, and nothing after it: {rest:?}");
    }
    assert!(open.is_empty(), "still open: {open:?}");
    seen
}

fn is_a_picture(svg: &str) {
    let elements = elements(svg);
    assert_eq!(elements[0], "svg");
    let lines = elements.iter().filter(|&&name| name == "polyline").count();
    assert_eq!(lines, 2 * Strategy::ALL.len(), "one for each strategy in each panel");
    for strategy in Strategy::ALL {
        let name = strategy.name();
        assert_eq!(svg.matches(&format!("<title>{name}</title></polyline>")).count(), 2, "{name}");
        assert!(svg.contains(&format!(">{name}</text>")), "the legend lacks {name}");
    }
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
}

#[test]
fn the_picture_has_a_line_for_each_strategy() {
    is_a_picture(include_str!("../../examples/contention/contention.svg"));
    is_a_picture(&picture::svg(&measure(&[2, 20], 1, SEED)));
    is_a_picture(&picture::svg(&measure(&[1], 1, SEED)));
}
