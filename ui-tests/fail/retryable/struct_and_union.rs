use resilient::Retryable;

#[derive(Retryable)]
struct Silent;

#[derive(Retryable)]
#[retryable(default = permanent)]
struct Defaulted;

#[derive(Retryable)]
union Bits {
    number: u32,
}

fn main() {}
