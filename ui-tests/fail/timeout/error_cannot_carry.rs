use resilient::timeout;

#[timeout(secs = 2)]
async fn guarded() -> Result<(), std::num::ParseIntError> {
    Ok(())
}

fn main() {}
