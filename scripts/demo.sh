#!/usr/bin/env bash
# From a fresh machine to a result: installs what is missing, builds, replays a real program's
# memory trace through the research-baseline machine, and compares two DTLB sizes on it.
# usage: scripts/demo.sh [TRACE]; results are kept in out/demo/.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh
source scripts/steps.sh

# The largest sample is the real program; the others are small ones for tests.
trace=${1:-$(find traces/samples -type f -printf '%s %p\n' | sort -rn | head -n 1 | cut -d ' ' -f 2-)}
[[ -r $trace ]] || { echo "demo: cannot read the trace '$trace'" >&2 && exit 1; }
out=out/demo

# Shows the command and runs it.
show() {
  printf '\n$ %s\n' "$*"
  "$@"
}

build release
mmusim=$(mmusim_of release)
mmusim=${mmusim#"$PWD"/}

say "1. What the trace holds"
show "$mmusim" trace info "$trace"

say "2. One run: every access of the trace through the machine 'research-baseline'"
rm -rf "$out"
show "$mmusim" run -m research-baseline -o "$out/baseline" "$trace"

say "3. The same with a DTLB of 16 entries instead of 64"
show "$mmusim" run -m research-baseline --set mmu.dtlb.entries=16 -o "$out/small-dtlb" "$trace"

say "4. What differs, and where the cycles went"
show "$mmusim" compare "$out/baseline" "$out/small-dtlb"

say "Done. The results, with the resolved machine, are in $out/"
