#!/usr/bin/env bash
# How much faster is the working tree than another revision? Builds that revision in a temporary
# worktree with the bench program of this one, and runs both by turns.
# usage: scripts/bench-compare.sh REV [PAIRS=5] [MMUSIM-BENCH ARGUMENTS]
set -euo pipefail
cd "$(dirname "$0")/.."

[[ $# -ge 1 ]] || { sed -n '2,4p' "$0" >&2; exit 2; }
revision=$(git rev-parse --verify --quiet "$1^{commit}") ||
  { echo "bench-compare.sh: no revision $1" >&2; exit 2; }
pairs=${2:-5}
[[ $pairs =~ ^[1-9][0-9]*$ ]] || { echo "bench-compare.sh: PAIRS is a number, not $pairs" >&2; exit 2; }
shift $(($# < 2 ? $# : 2))

source scripts/steps.sh
worktree=$(mktemp -d)
trap 'git worktree remove --force "$worktree"' EXIT
git worktree add --quiet --detach "$worktree" "$revision"
rm -rf "$worktree/testbench/bench"
cp -r testbench/bench "$worktree/testbench/bench"
cp traces/samples/sort.mmt "$worktree/traces/samples/"  # both measure the same one

build_bench() {
  cmake -S "$1" -B "$1/build/bench" -DCMAKE_BUILD_TYPE=Release >"$logs/bench-configure.log" &&
    cmake --build "$1/build/bench" --target mmusim-bench --parallel "$jobs" >"$logs/bench-build.log"
}
say "build: ${revision:0:12}"
build_bench "$worktree"
say "build: the working tree"
build_bench "$PWD"
say "by turns"
python3 testbench/bench/ratios.py "$worktree/build/bench/mmusim-bench" \
  "$PWD/build/bench/mmusim-bench" "$pairs" "$@"
