//! The command line: words in, `Options` out, or a sentence that says what is wrong with them.

use reqwest::Url;

use super::calls::Mode;

pub(crate) const USAGE: &str = "\
Calls a language model through a day of bad weather and shows what each policy does about it.

Usage: cargo run --example llm -- [OPTIONS]

Options:
      --unprotected  the same weather through the same functions without attributes
      --url URL      call an OpenAI-compatible server (Ollama, vLLM, ...) instead of the embedded one,
                     for example http://localhost:11434; without weather
      --model NAME   the model to ask for; goes with --url
  -h, --help         this text

Colours are left out in a pipe and where NO_COLOR is set.
";

#[derive(Debug, Clone)]
pub(crate) struct Options {
    pub(crate) mode: Mode,
    pub(crate) target: Target,
    pub(crate) colour: bool,
}

#[derive(Debug, Clone)]
pub(crate) enum Target {
    /// The embedded server and the script.
    Weather,
    Server {
        url: String,
        model: String,
    },
}

#[derive(Debug)]
pub(crate) enum Command {
    Help,
    Run { mode: Mode, target: Target },
}

/// Reads the arguments after the program's name.
pub(crate) fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Command, String> {
    let mut arguments = arguments.into_iter();
    let (mut mode, mut url, mut model) = (Mode::Protected, None, None);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "-h" | "--help" => return Ok(Command::Help),
            "--unprotected" => mode = Mode::Unprotected,
            "--url" => url = Some(checked_url(value(&argument, &mut arguments)?)?),
            "--model" => model = Some(value(&argument, &mut arguments)?),
            _ => return Err(format!("unknown argument `{argument}`")),
        }
    }
    let target = match (url, model) {
        (Some(url), Some(model)) => Target::Server { url, model },
        (None, None) => Target::Weather,
        (Some(_), None) => return Err("`--url` needs `--model NAME` beside it".to_owned()),
        (None, Some(_)) => return Err("`--model` needs `--url URL` beside it".to_owned()),
    };
    Ok(Command::Run { mode, target })
}

fn value(option: &str, arguments: &mut impl Iterator<Item = String>) -> Result<String, String> {
    arguments
        .next()
        .filter(|value| !value.is_empty() && !value.starts_with("--"))
        .ok_or_else(|| format!("`{option}` needs a value"))
}

fn checked_url(url: String) -> Result<String, String> {
    match Url::parse(&url) {
        Ok(parsed) if parsed.scheme() == "http" => Ok(url),
        _ => Err(format!("`{url}` is no URL that begins with http:// (the example is built without TLS)")),
    }
}
