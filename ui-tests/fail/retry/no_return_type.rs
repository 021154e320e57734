use resilient::retry;

#[retry]
fn guarded() {}

fn main() {}
