use resilient::retry;
use resilient_ui_tests::Fault;

#[retry(when = |error: &std::io::Error| error.kind() == std::io::ErrorKind::TimedOut)]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

fn main() {}
