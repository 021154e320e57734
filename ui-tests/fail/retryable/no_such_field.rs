use resilient::Retryable;

#[derive(Retryable)]
enum Fault {
    #[retryable(transient, retry_after = retry_afer)]
    RateLimited { retry_after: Option<std::time::Duration> },
    #[retryable(permanent, retry_after = 0)]
    Refused(String),
}

fn main() {}
