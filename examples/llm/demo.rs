//! Carries out the script: scene by scene against the embedded server, or a few calls to a server of your
//! own. The only place where weather, calls, records and screen meet.

use std::io::{self, Write};
use std::pin::pin;
use std::time::{Duration, Instant};

use tracing::instrument::WithSubscriber;
use tracing_subscriber::layer::SubscriberExt;

use super::args::{Options, Target};
use super::calls::{Call, Mode, Outcome};
use super::client::Client;
use super::events::Recorder;
use super::report::{CallReport, SceneReport, Summary};
use super::screen::Screen;
use super::server::Server;
use super::weather::{PATIENCE, Reply, SCENES, Scene, Step};

/// Between two calls, so that the eye can follow; far shorter than the breaker stays open.
const PAUSE: Duration = Duration::from_millis(25);
/// A model on a laptop may have to be loaded first.
const REAL_PATIENCE: Duration = Duration::from_secs(120);

/// Runs the example, writes what happens to `out` as it happens, and returns the numbers.
pub(crate) async fn run(options: &Options, out: &mut dyn Write) -> io::Result<Summary> {
    // A circuit belongs to the whole process: an earlier run may have left it open.
    if let (Mode::Protected, Some(circuit)) = (options.mode, resilient::circuit("llm")) {
        circuit.reset();
    }
    let recorder = Recorder::default();
    // For this run alone: another one in the same process has a recorder of its own.
    let subscriber = tracing_subscriber::registry().with(recorder.clone());
    let screen = Screen::new(out, options.colour);
    async {
        match &options.target {
            Target::Weather => Run::new(options.mode, recorder, screen).all_weather().await,
            Target::Server { url, model } => {
                Run::new(options.mode, recorder, screen).real_server(url, model).await
            }
        }
    }
    .with_subscriber(subscriber)
    .await
}

struct Run<'a> {
    mode: Mode,
    recorder: Recorder,
    screen: Screen<'a>,
    started: Instant,
}

impl<'a> Run<'a> {
    fn new(mode: Mode, recorder: Recorder, screen: Screen<'a>) -> Self {
        Self { mode, recorder, screen, started: Instant::now() }
    }

    async fn all_weather(mut self) -> io::Result<Summary> {
        let mut server = Server::start().await?;
        let client = Client::new(&server.url(), "embedded", PATIENCE).map_err(io::Error::other)?;
        self.screen.opening(self.mode, "the embedded server")?;
        let mut scenes = Vec::new();
        for scene in SCENES {
            scenes.push(self.scene(scene, &mut server, &client).await?);
        }
        self.finish(scenes)
    }

    async fn real_server(mut self, url: &str, model: &str) -> io::Result<Summary> {
        let client = Client::new(url, model, REAL_PATIENCE).map_err(io::Error::other)?;
        self.screen.opening(self.mode, url)?;
        let mut calls = Vec::new();
        for call in [Call::Classify, Call::Stream] {
            calls.push(self.call(call, &client).await?);
        }
        self.finish(vec![SceneReport { title: "A server of your own", dead: false, calls, requests: None }])
    }

    async fn scene(
        &mut self,
        scene: &Scene,
        server: &mut Server,
        client: &Client,
    ) -> io::Result<SceneReport> {
        self.screen.heading(scene.title)?;
        server.set_ocr(scene.ocr);
        let requests_before = server.requests();
        let mut calls = Vec::new();
        for step in scene.steps {
            match *step {
                Step::Calls(times, call, replies) => {
                    for _ in 0..times {
                        server.set_replies(replies);
                        calls.push(self.call(call, client).await?);
                        tokio::time::sleep(PAUSE).await;
                    }
                }
                Step::Restart(call) => calls.push(self.restart(call, server, client).await?),
                Step::Wait(time) => tokio::time::sleep(time).await,
            }
        }
        let requests = Some(server.requests() - requests_before);
        Ok(SceneReport { title: scene.title, dead: scene.dead, calls, requests })
    }

    async fn call(&mut self, call: Call, client: &Client) -> io::Result<CallReport> {
        let mode = self.mode;
        self.watch(call, client, async { Ok(call.perform(mode, client).await) }).await
    }

    /// A call that begins while the port is closed, and the operator who opens it again.
    async fn restart(&mut self, call: Call, server: &mut Server, client: &Client) -> io::Result<CallReport> {
        server.close().await?;
        server.set_replies(&[Reply::Answer]);
        let mut performing = pin!(call.perform(self.mode, client));
        let recorder = self.recorder.clone();
        let performed = async {
            tokio::select! {
                outcome = &mut performing => Ok(outcome),
                () = recorder.retries(2) => {
                    server.open()?;
                    Ok(performing.await)
                }
            }
        };
        let report = self.watch(call, client, performed).await?;
        // A call that does not retry has failed before the operator read a word.
        server.open()?;
        Ok(report)
    }

    /// Has a call performed, and puts together what its caller saw and what the events told.
    async fn watch(
        &mut self,
        call: Call,
        client: &Client,
        performing: impl Future<Output = io::Result<Outcome>>,
    ) -> io::Result<CallReport> {
        let (started, chats_before) = (Instant::now(), client.chats());
        let outcome = performing.await?;
        let trace = self.recorder.take();
        let report = CallReport {
            call,
            ended: self.started.elapsed(),
            took: started.elapsed(),
            attempts: client.chats() - chats_before,
            delays: trace.delays,
            outcome,
            circuit: self.circuit(&trace.circuit),
        };
        self.screen.call(&report)?;
        Ok(report)
    }

    /// The states that the circuit went to, or the one that it is in.
    fn circuit(&self, states: &[&str]) -> Vec<String> {
        match resilient::circuit("llm") {
            Some(circuit) if states.is_empty() && self.mode == Mode::Protected => {
                vec![circuit.state().to_string()]
            }
            _ => states.iter().copied().map(str::to_owned).collect(),
        }
    }

    fn finish(mut self, scenes: Vec<SceneReport>) -> io::Result<Summary> {
        let summary = Summary { mode: self.mode, scenes, took: self.started.elapsed() };
        self.screen.summary(&summary)?;
        Ok(summary)
    }
}
