#!/usr/bin/env bash
# What the crate adds to the clean build of an empty crate, over `syn` (full), `quote` and tokio's timers
# alone, in wall seconds of the same run. It is taken as a git dependency, so that cargo compiles it as it
# would a published one (a path dependency is compiled incrementally, which is slower the first time).
# Fails above the bound. Usage: benches/clean_build.sh [rounds] [bound in seconds]
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
rounds=${1:-5}
bound=${2:-1.5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset CARGO_TARGET_DIR CARGO_INCREMENTAL

# $1: the crate's name; $2: its dependencies.
crate() {
    mkdir -p "$work/$1/src"
    printf '[package]\nname = "%s"\nversion = "0.0.0"\nedition = "2024"\n[workspace]\n[dependencies]\n%s\n' "$1" "$2" > "$work/$1/Cargo.toml"
    echo 'fn main() {}' > "$work/$1/src/main.rs"
    cp "$root/Cargo.lock" "$work/$1/"
    cargo fetch --quiet --manifest-path "$work/$1/Cargo.toml"
}

# Wall seconds of building crate $1 from nothing.
clean() {
    rm -rf "$work/$1/target"
    TIMEFORMAT='%R'
    { time cargo build --quiet --offline --manifest-path "$work/$1/Cargo.toml" 2> /dev/null; } 2>&1
}

crate alone 'syn = { version = "3", features = ["full"] }
quote = "1"
tokio = { version = "1", features = ["time"] }'
crate with "resilient = { git = \"file://$root\", package = \"resilient-attributes\" }"

# Rounds alternate, and the medians are compared: a busy moment of the machine falls on both.
for _ in $(seq "$rounds"); do
    clean alone >> "$work/alone.s"
    clean with >> "$work/with.s"
done
median() { sort -g "$work/$1.s" | sed -n "$(((rounds + 1) / 2))p"; }
awk -v a="$(median alone)" -v w="$(median with)" -v b="$bound" 'BEGIN {
    printf "alone %.2f s, with the crate %.2f s: %.2f s more (bound %.2f s)\n", a, w, w - a, b
    exit (w - a > b)
}'
