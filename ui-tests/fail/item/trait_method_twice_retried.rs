use resilient::{retry, timeout};
use resilient_ui_tests::Fault;

trait Model {
    #[retry]
    #[timeout(secs = 1)]
    #[retry]
    async fn ask(&self) -> Result<(), Fault> {
        Err(Fault::Lost)
    }
}

fn main() {}
