use resilient::{Served, fallback};
use resilient_ui_tests::Fault;

struct Connection(u32);

#[fallback(default = connection.0)]
fn guarded(connection: Connection) -> Result<Served<u32>, Fault> {
    let _ = connection;
    Err(Fault::Lost)
}

fn main() {}
