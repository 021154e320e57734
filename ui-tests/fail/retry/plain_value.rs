use resilient::retry;

#[retry]
fn guarded() -> u32 {
    7
}

fn main() {}
