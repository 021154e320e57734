use resilient::retry;
use resilient_ui_tests::Fault;

struct Connection;

#[retry]
async fn guarded(name: String, connection: Connection) -> Result<(), Fault> {
    let _ = (name, connection);
    Err(Fault::Lost)
}

fn main() {}
