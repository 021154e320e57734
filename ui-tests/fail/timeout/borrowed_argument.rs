use resilient::timeout;
use resilient_ui_tests::Fault;

#[timeout(secs = 2)]
fn guarded(name: &str, bytes: &[u8], count: &mut u32) -> Result<(), Fault> {
    *count += 1;
    let _ = (name, bytes);
    Err(Fault::Lost)
}

fn main() {}
