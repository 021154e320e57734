use resilient::retry;

#[retry]
extern "C" fn guarded() -> Option<u32> {
    None
}

fn main() {}
