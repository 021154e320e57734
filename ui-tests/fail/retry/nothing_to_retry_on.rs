use resilient::retry;

#[derive(Debug)]
struct Unclassified;

#[retry]
fn guarded() -> Result<(), Unclassified> {
    Err(Unclassified)
}

fn main() {}
