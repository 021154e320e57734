use resilient::Retryable;

#[derive(Retryable)]
enum Fault {
    #[retryable(transent)]
    Connect,
    #[retryable(sometimes)]
    Refused(String),
}

fn main() {}
