#!/usr/bin/env bash
# What one annotated function costs the compiler over the same function without attributes, in CPU
# milliseconds: 300 of each, in crates of their own, `cargo check` and a release build. Each function is used, as a
# trait object: of one that is not, a release build makes no code. Beside ours: `#[tracing::instrument]`, and a loop
# by hand. Fails when ours cost more than 3 ms of `cargo check`, in a release build a retry more than 2.2 times what the
# loop by hand does (wanted: 10 ms), or three policies more than 1.6 times what `#[tracing::instrument]` does.
# Usage: benches/compile_time.sh [functions] [rounds]
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
functions=${1:-300}
rounds=${2:-3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

manifest() {
    cat <<EOF
[package]
name = "$1"
version = "0.0.0"
edition = "2024"
[workspace]
[dependencies]
resilient = { path = "$root", package = "resilient-attributes" }
tokio = { version = "1", features = ["time"] }
tracing = { version = "0.1", features = ["attributes"] }
EOF
}

# $1: the crate's name; $2: what stands above each function; $3 and $4: what stands around its body.
crate() {
    mkdir -p "$work/$1/src"
    manifest "$1" > "$work/$1/Cargo.toml"
    cp "$root/Cargo.lock" "$work/$1/"
    {
        echo '#![allow(dead_code, unused_imports)]'
        echo 'use std::{pin::Pin, time::Duration};'
        echo 'use resilient::{CircuitOpenError, Retryable, TimeoutError, circuit_breaker, retry, timeout};'
        echo '#[derive(Debug, Retryable)] #[retryable(default = transient)]'
        echo 'pub enum Fault { Timeout(TimeoutError), Open(CircuitOpenError), Lost }'
        echo 'impl From<TimeoutError> for Fault { fn from(e: TimeoutError) -> Self { Self::Timeout(e) } }'
        echo 'impl From<CircuitOpenError> for Fault { fn from(e: CircuitOpenError) -> Self { Self::Open(e) } }'
        echo 'type Boxed<'"'"'a> = Pin<Box<dyn Future<Output = Result<usize, Fault>> + Send + '"'"'a>>;'
        for i in $(seq "$functions"); do
            echo "$2"
            echo "pub async fn f$i(a: &str, n: u32) -> Result<usize, Fault> { ${3:-}"
            echo "    let m = async { n as usize + $i }.await; if m == 0 { return Err(Fault::Lost); } Ok(a.len() + m)"
            echo "${4:-} }"
            echo "pub fn boxed$i(a: &str) -> Boxed<'_> { Box::pin(f$i(a, $i)) }"
        done
    } > "$work/$1/src/lib.rs"
}

# CPU seconds of user and system, of compiling the crate alone.
cpu() {
    touch "$work/$1/src/lib.rs"
    TIMEFORMAT='%U %S'
    { time cargo "${@:2}" --quiet --manifest-path "$work/$1/Cargo.toml" 2> /dev/null; } 2>&1 | awk '{ print $1 + $2 }'
}

crate plain ''
crate traced '#[tracing::instrument]'
crate by_hand '' 'let (mut attempt, mut delay) = (1, Duration::from_secs(1)); loop { let out: Result<usize, Fault> = async {' \
    '}.await; match out { Err(Fault::Lost) if attempt < 3 => tokio::time::sleep(delay).await, out => return out } attempt += 1; delay *= 2; }'
crate retried '#[retry]'
crate stacked '#[circuit_breaker(name = "x")] #[retry(max_attempts = 3)] #[timeout(secs = 5)]'
export CARGO_TARGET_DIR="$work/target"

printf '%-10s %22s %22s\n' "" "check, ms a function" "release, ms a function"
declare -A least
for name in plain traced by_hand retried stacked; do
    for mode in check "build --release"; do
        # shellcheck disable=SC2086
        cpu "$name" $mode > /dev/null # the dependencies
        for _ in $(seq "$rounds"); do
            # shellcheck disable=SC2086
            seconds=$(cpu "$name" $mode)
            key="$name/$mode"
            least[$key]=$(printf '%s\n' "${least[$key]:-$seconds}" "$seconds" | sort -g | head -n 1)
        done
    done
    [ "$name" = plain ] && continue
    over() { awk -v a="${least[$name/$1]}" -v b="${least[plain/$1]}" -v n="$functions" 'BEGIN { printf "%.1f", (a - b) * 1000 / n }'; }
    check=$(over check) release=$(over 'build --release')
    printf '%-10s %22s %22s\n' "$name" "$check" "$release"
    case $name in
        traced) traced=$release ;;
        by_hand) by_hand=$release ;;
        retried) awk -v c="$check" -v r="$release" -v h="$by_hand" 'BEGIN { exit (c > 3 || r > 2.2 * h) }' || above=1 ;;
        stacked) awk -v c="$check" -v r="$release" -v t="$traced" 'BEGIN { exit (c > 3 || r > 1.6 * t) }' || above=1 ;;
    esac
done
exit "${above:-0}"
