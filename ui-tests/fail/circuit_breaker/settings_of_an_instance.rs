use std::time::Duration;

use resilient::circuit_breaker;
use resilient_ui_tests::Fault;

trait Service {
    const PAUSE: Duration;

    #[circuit_breaker(recovery_timeout = Self::PAUSE)]
    fn guarded(&self) -> Result<(), Fault> {
        Err(Fault::Lost)
    }
}

fn main() {}
