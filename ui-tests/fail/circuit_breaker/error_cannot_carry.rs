use resilient::circuit_breaker;

#[derive(Debug)]
struct Bare;

#[circuit_breaker]
async fn guarded() -> Result<(), Bare> {
    Err(Bare)
}

fn main() {}
