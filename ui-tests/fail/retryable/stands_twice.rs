use std::time::Duration;

use resilient::Retryable;

#[derive(Debug, Retryable)]
enum Fault {
    #[retryable(transient)]
    #[retryable(retry_after = wait)]
    Busy { wait: Duration },
}

fn main() {}
