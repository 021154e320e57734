use resilient::Retryable;

#[derive(Retryable)]
#[retryable(transient)]
enum Fault {
    #[retryable(transient, permanent)]
    Connect,
}

fn main() {}
