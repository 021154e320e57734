//! What the reader sees: headings, a line per call, the summary; coloured or plain.
//! It formats what it is given and keeps nothing.

use std::io::{self, Write};
use std::time::Duration;

use super::calls::{Mode, Outcome};
use super::report::{CallReport, Summary, Totals};

pub(crate) struct Screen<'a> {
    out: &'a mut dyn Write,
    colour: bool,
}

/// The parameter of an ANSI "select graphic rendition" sequence.
#[derive(Clone, Copy)]
enum Paint {
    Bold = 1,
    Dim = 2,
    Red = 31,
    Green = 32,
    Yellow = 33,
}

impl<'a> Screen<'a> {
    pub(crate) fn new(out: &'a mut dyn Write, colour: bool) -> Self {
        Self { out, colour }
    }

    pub(crate) fn opening(&mut self, mode: Mode, server: &str) -> io::Result<()> {
        let how = match mode {
            Mode::Protected => "through the functions of protected.rs",
            Mode::Unprotected => "through the same functions without attributes (unprotected.rs)",
        };
        writeln!(self.out, "Calling {server} {how}.\n")?;
        let columns = format!(
            "{:>7} {:>8}  {:<8} {:>8}  {:<15} {:<18} {:<8} {}",
            "at", "took", "call", "attempts", "delays", "circuit", "tier", "outcome"
        );
        self.line(Paint::Dim, &columns)
    }

    pub(crate) fn heading(&mut self, title: &str) -> io::Result<()> {
        writeln!(self.out)?;
        self.line(Paint::Bold, title)
    }

    pub(crate) fn call(&mut self, call: &CallReport) -> io::Result<()> {
        let (paint, outcome) = match &call.outcome {
            Outcome::Succeeded(result) => (Paint::Green, result),
            Outcome::Degraded { result, .. } => (Paint::Yellow, result),
            Outcome::Failed(error) => (Paint::Red, error),
        };
        // A model may answer with anything; a line must stay a line.
        let outcome = outcome.replace(char::is_control, " ");
        let delays: Vec<String> = call.delays.iter().map(|delay| time(*delay)).collect();
        let line = format!(
            "{:>7} {:>8}  {:<8} {:>8}  {:<15} {:<18} {:<8} {outcome}",
            time(call.ended),
            time(call.took),
            call.call.name(),
            call.attempts,
            or_dash(&delays.join(" + ")),
            or_dash(&call.circuit.join(" > ")),
            call.tier(),
        );
        self.line(paint, &line)
    }

    pub(crate) fn summary(&mut self, summary: &Summary) -> io::Result<()> {
        let (title, comparison) = match summary.mode {
            Mode::Protected => ("Summary: protected", "The same without attributes: add `-- --unprotected`."),
            Mode::Unprotected => {
                ("Summary: unprotected", "The same with attributes: leave out `--unprotected`.")
            }
        };
        self.heading(title)?;
        let columns = format!(
            "{:<36} {:>5} {:>9} {:>8} {:>6} {:>8} {:>8}",
            "scene", "calls", "succeeded", "degraded", "failed", "requests", "time"
        );
        self.line(Paint::Dim, &columns)?;
        for scene in &summary.scenes {
            writeln!(self.out, "{}", row(scene.title, &scene.totals()))?;
        }
        self.line(Paint::Bold, &row("all", &summary.totals()))?;
        let outage = summary.outage();
        if let Some(requests) = outage.requests {
            writeln!(self.out)?;
            let waste = format!(
                "While the server was dead, {} calls spent {} on it and put {requests} requests on it.",
                outage.calls,
                time(outage.time),
            );
            self.line(Paint::Bold, &waste)?;
        }
        writeln!(self.out, "The whole run took {}. {comparison}", time(summary.took))
    }

    /// A whole line, so that the columns are aligned before the colour makes them longer.
    fn line(&mut self, paint: Paint, line: &str) -> io::Result<()> {
        if self.colour {
            writeln!(self.out, "\x1b[{}m{line}\x1b[0m", paint as u8)?;
        } else {
            writeln!(self.out, "{line}")?;
        }
        self.out.flush()
    }
}

fn row(title: &str, totals: &Totals) -> String {
    format!(
        "{title:<36} {:>5} {:>9} {:>8} {:>6} {:>8} {:>8}",
        totals.calls,
        totals.succeeded,
        totals.degraded,
        totals.failed,
        totals.requests.map_or_else(|| "-".to_owned(), |requests| requests.to_string()),
        time(totals.time),
    )
}

fn time(time: Duration) -> String {
    if time < Duration::from_secs(1) {
        format!("{}ms", time.as_millis())
    } else {
        format!("{:.2}s", time.as_secs_f64())
    }
}

fn or_dash(text: &str) -> &str {
    if text.is_empty() { "-" } else { text }
}
