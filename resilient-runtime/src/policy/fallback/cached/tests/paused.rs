//! Ages under tokio's paused clock. All other tests go by the crate's own virtual clock.

use super::*;

#[tokio::test(start_paused = true)]
async fn ages_go_by_the_paused_clock() {
    of_one_function!(keep, find);
    let cached = LastGood::new();
    keep(&cached, 1, "good");
    tokio::time::sleep(MINUTE).await;
    assert_eq!(find(&cached, 1, MINUTE), Some(aged("good", MINUTE)));
    tokio::time::advance(Duration::from_nanos(1)).await;
    assert_eq!(find(&cached, 1, MINUTE), None);
}

#[tokio::test(start_paused = true)]
async fn the_age_counts_from_the_end_of_a_call_however_long_it_took() {
    of_one_function!(keep, find);
    let cached = LastGood::new();
    let call = async {
        tokio::time::sleep(MINUTE * 10).await;
        "good"
    };
    keep(&cached, 1, call.await);
    tokio::time::advance(MINUTE).await;
    assert_eq!(find(&cached, 1, MINUTE), Some(aged("good", MINUTE)));
}
