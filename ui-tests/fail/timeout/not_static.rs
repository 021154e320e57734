use resilient::timeout;
use resilient_ui_tests::Fault;

#[timeout(secs = 1)]
fn guarded<T: AsRef<str> + Send>(name: T) -> Result<usize, Fault> {
    Ok(name.as_ref().len())
}

fn main() {}
