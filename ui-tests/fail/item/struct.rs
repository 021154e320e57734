use resilient::retry;

#[retry]
struct Guarded;

fn main() {}
