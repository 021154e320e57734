use resilient::timeout;

struct Guarded;

#[timeout(secs = 1)]
impl Guarded {
    fn one() {}
}

fn main() {}
