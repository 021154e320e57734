use resilient::Retryable;

struct Unclassified;

#[derive(Retryable)]
enum Fault {
    #[retryable(transparent)]
    Inner(Unclassified),
    #[retryable(transparent)]
    Pair(std::io::Error, u32),
}

fn main() {}
