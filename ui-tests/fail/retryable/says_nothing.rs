use resilient::Retryable;

#[derive(Retryable)]
enum Fault {
    #[retryable(transient)]
    Connect,
    Refused(String),
    Garbage,
}

fn main() {}
