//! A language model on a bad day: a real client calls a real HTTP server that refuses, fails, dawdles and
//! breaks off, through functions that are protected by attributes (`protected.rs`: start reading there).
//!
//! `cargo run --example llm` shows every call with its attempts, delays and outcome; add `-- --unprotected`
//! to see the same day without the attributes.

// `pub(crate)`, because the test suite includes this file as a module and looks inside.
pub(crate) mod args;
pub(crate) mod calls;
pub(crate) mod cases;
pub(crate) mod client;
pub(crate) mod demo;
pub(crate) mod error;
pub(crate) mod events;
pub(crate) mod protected;
pub(crate) mod report;
pub(crate) mod screen;
pub(crate) mod server;
pub(crate) mod stream;
pub(crate) mod unprotected;
pub(crate) mod weather;

use std::io::{self, IsTerminal};
use std::process::ExitCode;

use args::{Command, Options, Target};

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned());
    let (mode, target) = match args::parse(arguments) {
        Ok(Command::Run { mode, target }) => (mode, target),
        Ok(Command::Help) => {
            print!("{}", args::USAGE);
            return ExitCode::SUCCESS;
        }
        Err(problem) => {
            eprintln!("error: {problem}\n\n{}", args::USAGE);
            return ExitCode::from(2);
        }
    };
    let mut out = io::stdout();
    let colour = out.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let options = Options { mode, target, colour };
    match demo::run(&options, &mut out).await {
        // Bad weather is what the script is about; a server of your own should have answered.
        Ok(summary) => match options.target {
            Target::Server { .. } if summary.totals().succeeded < summary.totals().calls => ExitCode::FAILURE,
            _ => ExitCode::SUCCESS,
        },
        // The reader of the pipe has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
