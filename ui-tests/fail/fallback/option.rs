use resilient::fallback;

#[fallback(default = 7)]
fn guarded() -> Option<u32> {
    None
}

fn main() {}
