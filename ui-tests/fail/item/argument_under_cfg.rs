use resilient::retry;
use resilient_ui_tests::Fault;

#[retry]
fn guarded(#[cfg(unix)] name: String, #[cfg(unix)] other: &str) -> Result<String, Fault> {
    Ok(name + other)
}

fn main() {}
