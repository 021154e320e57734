use resilient::retry;

trait Model {
    #[retry]
    fn guarded(&self) -> Option<u32>;
}

fn main() {}
