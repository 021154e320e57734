//! The script: scene by scene, what is called and what the server does about it. Data only.
//! How it is carried out is in `demo.rs` (the calls) and `server.rs` (the replies).

use std::time::Duration;

use super::calls::Call::{self, Case, Classify, Stream, Title};

/// How long a call waits for one answer in this weather. A healthy answer takes a few milliseconds.
pub(crate) const PATIENCE: Duration = Duration::from_millis(400);

/// What the model server does with one request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Reply {
    Answer,
    /// The right answer, but later than anyone should wait.
    AnswerAfter(Duration),
    /// A stream that breaks after a few tokens.
    BreakingStream,
    /// A stream that breaks before its first token.
    BrokenStream,
    /// A stream that says a few tokens, and nothing more for longer than anyone should wait.
    SilentStream,
    /// Success by its status, nonsense by its content.
    Nonsense,
    Status(u16),
    /// What a dying server does: it accepts the request, thinks, and gives up.
    StatusAfter(u16, Duration),
    RateLimited(RetryAfter),
}

/// The two forms of the `Retry-After` header.
#[derive(Debug, Clone, Copy)]
pub(crate) enum RetryAfter {
    Seconds(&'static str),
    /// A date that is at least one second and at most two ahead; HTTP dates have no fractions.
    Date,
}

/// One line of a scene.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    /// So many calls, one after the other. Request `n` of each gets reply `n`; the last reply serves the
    /// rest.
    Calls(usize, Call, &'static [Reply]),
    /// A call to a server whose port is closed. An operator who reads the log starts it again at the second
    /// retry.
    Restart(Call),
    /// Nobody calls for a while.
    Wait(Duration),
}

#[derive(Debug)]
pub(crate) struct Scene {
    pub(crate) title: &'static str,
    /// The model server is dead for the whole scene: time spent waiting for it is time wasted.
    pub(crate) dead: bool,
    /// Whether the optional OCR service answers.
    pub(crate) ocr: bool,
    pub(crate) steps: &'static [Step],
}

const fn scene(title: &'static str, steps: &'static [Step]) -> Scene {
    Scene { title, dead: false, ocr: true, steps }
}

const FAIR: &[Reply] = &[Reply::Answer];
const DEAD: &[Reply] = &[Reply::StatusAfter(503, Duration::from_millis(500))];
/// 10^40 seconds, which no integer of the machine can hold.
const NEVER: RetryAfter = RetryAfter::Seconds("10000000000000000000000000000000000000000");
/// A little longer than the breaker of `protected.rs` stays open.
const UNTIL_HALF_OPEN: Step = Step::Wait(Duration::from_millis(1_100));

pub(crate) const SCENES: &[Scene] = &[
    scene(
        "Fair weather",
        &[Step::Calls(2, Classify, FAIR), Step::Calls(1, Stream, FAIR), Step::Calls(1, Case, FAIR)],
    ),
    scene("Restart: connections refused", &[Step::Restart(Classify)]),
    scene(
        "Server errors: 500, 503",
        &[
            Step::Calls(1, Classify, &[Reply::Status(500), Reply::Status(500), Reply::Answer]),
            Step::Calls(1, Stream, &[Reply::Status(503), Reply::Answer]),
        ],
    ),
    scene(
        "Rate limit: 429 with Retry-After",
        &[
            Step::Calls(1, Classify, &[Reply::RateLimited(RetryAfter::Seconds("1")), Reply::Answer]),
            Step::Calls(1, Classify, &[Reply::RateLimited(RetryAfter::Date), Reply::Answer]),
        ],
    ),
    scene(
        "An answer slower than the timeout",
        &[Step::Calls(1, Classify, &[Reply::AnswerAfter(Duration::from_secs(2)), Reply::Answer])],
    ),
    scene(
        "Streams that break, or fall silent",
        // Nobody repeats what was half said; the reader may ask again. What was not begun is repeated.
        &[
            Step::Calls(1, Stream, &[Reply::BreakingStream]),
            Step::Calls(1, Stream, FAIR),
            Step::Calls(1, Stream, &[Reply::BrokenStream, Reply::Answer]),
            Step::Calls(1, Stream, &[Reply::SilentStream]),
        ],
    ),
    scene(
        "What no retry can mend",
        &[
            Step::Calls(1, Classify, &[Reply::Status(400)]),
            Step::Calls(1, Classify, &[Reply::Nonsense]),
            Step::Calls(1, Classify, FAIR),
            Step::Calls(1, Classify, &[Reply::RateLimited(NEVER)]),
        ],
    ),
    Scene { ocr: false, ..scene("The optional OCR service is down", &[Step::Calls(1, Case, FAIR)]) },
    scene(
        "Down the ladder, and what was kept",
        // The large model is asked first, then the small one; each title says what it comes from.
        &[
            Step::Calls(1, Title, &[Reply::Status(503)]),
            Step::Calls(1, Title, FAIR),
            Step::Calls(1, Title, &[Reply::Status(503), Reply::Answer]),
            Step::Calls(1, Title, &[Reply::Status(503)]),
        ],
    ),
    Scene {
        dead: true,
        ..scene(
            "Outage: requests hang, then fail",
            &[
                // Three failed calls open the breaker; the next ones no longer reach the server.
                Step::Calls(3, Classify, DEAD),
                Step::Calls(10, Classify, DEAD),
                // One probe finds the server still dead.
                UNTIL_HALF_OPEN,
                Step::Calls(1, Classify, DEAD),
                Step::Calls(10, Classify, DEAD),
            ],
        )
    },
    scene(
        "Recovery",
        &[
            UNTIL_HALF_OPEN,
            Step::Calls(1, Classify, FAIR),
            Step::Calls(1, Stream, FAIR),
            Step::Calls(1, Case, FAIR),
        ],
    ),
];
