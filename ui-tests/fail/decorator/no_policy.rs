use resilient::decorator;

#[decorator(RetryingModel)]
trait Model {
    fn ask(&self) -> Result<u32, String>;
}

fn main() {}
