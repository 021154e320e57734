use resilient::{Served, fallback};

#[fallback(degraded = async |_| Ok(Served::from(7)))]
fn guarded() -> Result<Served<u32>, std::io::Error> {
    Err(std::io::ErrorKind::TimedOut.into())
}

async fn from_the_mirror(_: std::io::Error) -> Result<Served<u32>, std::io::Error> {
    Ok(7.into())
}

#[fallback(degraded = from_the_mirror)]
fn by_path() -> Result<Served<u32>, std::io::Error> {
    Err(std::io::ErrorKind::TimedOut.into())
}

fn main() {}
