use resilient::circuit_breaker;

#[circuit_breaker]
fn guarded() -> Option<u32> {
    None
}

fn main() {}
