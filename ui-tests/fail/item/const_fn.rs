use resilient::retry;

#[retry]
const fn guarded() -> Option<u32> {
    None
}

fn main() {}
