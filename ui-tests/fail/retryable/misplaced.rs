use resilient::Retryable;

#[derive(Debug, Retryable)]
#[retryable(default = permanent)]
enum Fault {
    #[retryable(default = transient)]
    Lost,
    #[retryable(permanent)]
    #[retryable(transient)]
    Unclear,
    #[retryable(transient, retry_after = wait)]
    Busy,
    #[retryable(transient, retry_after = until)]
    Limited { seconds: u64, reason: String },
    #[retryable(retry_after = seconds)]
    Late { seconds: u64 },
    #[retryable(transparent)]
    Two(std::io::Error, std::io::Error),
}

fn main() {}
