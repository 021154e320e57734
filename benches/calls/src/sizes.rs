//! How large the futures are that a caller has to carry, whatever becomes of the calls.

use crate::subjects::{plain, retry, stack, timeout};
use crate::table::FUTURE;

/// The futures as they stand before they are polled; gives what does not hold.
pub fn print() -> Vec<String> {
    let (by_hand, ours) = (size_of_val(&retry::awaited_by_hand(2)), size_of_val(&retry::awaited(2)));
    println!("\n| future | bytes |\n|---|---:|");
    for (name, bytes) in [
        ("the call alone", size_of_val(&plain(2))),
        ("a loop by hand", by_hand),
        ("`#[retry]`", ours),
        ("backon", size_of_val(&retry::awaited_backon(2))),
        ("tokio-retry2", size_of_val(&retry::awaited_tokio_retry2(2))),
        ("`tokio::time::timeout`", size_of_val(&timeout::of_tokio(2))),
        ("`#[timeout]`", size_of_val(&timeout::ours(2))),
        ("breaker, loop and `tokio::time::timeout` by hand", size_of_val(&stack::by_hand(2))),
        ("`#[circuit_breaker]`, `#[retry]`, `#[timeout]`", size_of_val(&stack::ours(2))),
    ] {
        println!("| {name} | {bytes} |");
    }
    let ratio = ours as f64 / by_hand as f64;
    let broken = format!("`#[retry]`: its future is {ratio:.2} times that of a loop by hand");
    if ratio <= FUTURE { Vec::new() } else { vec![broken] }
}
