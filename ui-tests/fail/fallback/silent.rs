use resilient::fallback;
use resilient_ui_tests::Fault;

struct Label;

#[fallback(default = Label)]
async fn guarded() -> Result<Label, Fault> {
    Err(Fault::Lost)
}

fn main() {}
