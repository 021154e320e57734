use resilient::{Served, fallback};

#[fallback(degraded = async |_| Ok(Served::from(7)))]
async fn guarded() -> Result<Served<u32>, std::io::Error> {
    Err(std::io::ErrorKind::TimedOut.into())
}

fn main() {}
