use resilient::{retry, timeout};
use resilient_ui_tests::Fault;
use resilient_zoo_stamp::limited;

#[retry]
#[limited]
fn guarded() -> Result<(), Fault> {
    Err(Fault::Lost)
}

macro_rules! limited_item {
    ($item:item) => {
        #[timeout(secs = 2)]
        $item
    };
}

limited_item! {
    #[retry]
    fn guarded_too() -> Result<(), Fault> {
        Err(Fault::Lost)
    }
}

fn main() {}
