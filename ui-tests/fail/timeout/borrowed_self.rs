use resilient::timeout;
use resilient_ui_tests::Fault;

struct Client;

impl Client {
    #[timeout(secs = 2)]
    fn guarded(&self) -> Result<(), Fault> {
        Err(Fault::Lost)
    }
}

fn main() {}
