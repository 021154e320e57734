use resilient::{circuit_breaker, retry, timeout};

#[retry]
fn serve() -> ! {
    loop {}
}

#[circuit_breaker]
#[timeout(secs = 1)]
async fn run() -> ! {
    loop {}
}

fn main() {}
