use resilient::timeout;

#[timeout(secs = 2)]
async fn guarded() -> u32 {
    7
}

fn main() {}
