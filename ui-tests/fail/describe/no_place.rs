//! What is no path to describe, and a place where no further function can stand.

use std::io;

use resilient::{describe, retry};

#[retry(describe = "yes")]
fn text() -> Result<(), io::Error> {
    Ok(())
}

trait Service {
    fn call(&self) -> Result<(), io::Error>;
}

impl Service for () {
    #[retry(max_attempts = 2, describe)]
    fn call(&self) -> Result<(), io::Error> {
        Ok(())
    }
}

fn main() {
    describe!(3);
    describe!();
}
