use resilient::retry;
use resilient_ui_tests::Fault;

struct Client {
    delay: u64,
}

impl Client {
    #[retry(base_delay = self.delay)]
    fn guarded(&self) -> Result<(), Fault> {
        Err(Fault::Lost)
    }
}

fn main() {}
