//! Every sentence is shown by a case that somebody has read, and has the form that all have.

use std::path::Path;

mod builders;

/// All that the compiler prints about the cases in `ui-tests`, without its margins.
fn shown() -> String {
    fn collect(folder: &Path, text: &mut String) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                collect(&path, text);
            } else if path.extension().is_some_and(|extension| extension == "stderr") {
                text.push_str(&std::fs::read_to_string(&path).unwrap_or_default());
            }
        }
    }
    let mut text = String::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui-tests"), &mut text);
    assert!(text.len() > 10_000, "the cases are not where they were");
    text
}

/// The pieces of a text between its parameters and line ends.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split(['{', '}'])
        .step_by(2)
        .flat_map(str::lines)
        .map(str::trim)
        .filter(|piece| piece.chars().any(char::is_alphabetic))
}

#[test]
fn every_sentence_is_shown_by_a_case() {
    let shown = shown();
    let missing: Vec<&str> = super::ALL
        .iter()
        .filter(|(_, text)| !pieces(text).all(|piece| shown.contains(piece)))
        .map(|(name, _)| *name)
        .collect();
    assert!(missing.is_empty(), "no case in ui-tests shows {missing:?}");
}

#[test]
fn sentences_begin_small_and_end_without_a_stop() {
    for (name, text) in super::ALL {
        let first = text.chars().next();
        assert!(!first.is_some_and(char::is_uppercase), "{name}");
        assert!(!text.ends_with('.'), "{name}");
        assert!(text.lines().all(|line| line.trim_end() == line), "{name}");
    }
}
