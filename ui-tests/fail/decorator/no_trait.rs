use resilient::{decorator, retry};
use resilient_ui_tests::Fault;

#[decorator(Retrying)]
struct Model;

#[decorator(Retrying)]
impl Model {
    #[retry]
    fn ask(&self) -> Result<u32, Fault> {
        Ok(1)
    }
}

#[decorator(Retrying)]
pub async fn ask() -> Result<u32, Fault> {
    Ok(1)
}

fn main() {}
