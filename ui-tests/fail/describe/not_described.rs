//! `describe!` of a function that does not say `describe`.

use std::io;

use resilient::{describe, retry};

#[retry]
fn quiet() -> Result<(), io::Error> {
    Ok(())
}

fn main() {
    describe!(quiet);
}
