use resilient::Retryable;

#[derive(Retryable)]
enum Fault {
    #[retryable(transient, retry_after = seconds)]
    RateLimited { seconds: u64 },
}

fn main() {}
