use resilient::retry;
use resilient_ui_tests::Fault;

#[retry]
fn guarded<T>(value: T, name: impl Into<String>) -> Result<T, Fault> {
    let _ = name;
    Ok(value)
}

fn main() {}
