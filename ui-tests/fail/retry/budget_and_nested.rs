//! A budget is a ratio or a `static`; what is nested takes one of two words.

use std::io;

use resilient::{RetryBudget, retry};

static SEARCH: RetryBudget = RetryBudget::new("search").ratio(0.2).min_retries(5);
static TOO_MUCH: RetryBudget = RetryBudget::new("search").ratio(11.0);
static NOTHING: RetryBudget = RetryBudget::new("search").min_retries(0);
static BOTH: RetryBudget = RetryBudget::aws_standard("search").ratio(0.1);

#[retry(budget = 0)]
fn zero() -> Result<(), io::Error> {
    Ok(())
}

#[retry(budget = "10%", nested = "colapse")]
fn text() -> Result<(), io::Error> {
    Ok(())
}

#[retry(budget = -0.1, nested = once)]
fn negative() -> Result<(), io::Error> {
    Ok(())
}

#[retry(budget = SEARCH.ratio(0.1))]
fn made_here() -> Result<(), io::Error> {
    Ok(())
}

#[retry(budget = LIMIT)]
fn no_budget() -> Result<(), io::Error> {
    Ok(())
}

static LIMIT: u32 = 3;

fn main() {}
