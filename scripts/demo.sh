#!/usr/bin/env bash
# From a fresh machine to a result: installs what is missing, builds, replays a real program's
# memory trace through the research-baseline machine, and compares two STLB sizes on it.
# usage: scripts/demo.sh [TRACE]; results are kept in out/demo/.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh
source scripts/steps.sh

trace=${1:-$(find traces/samples -type f ! -name '*.md' ! -name '*.txt' | sort | head -n 1)}
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

say "3. The same with an STLB of 192 entries instead of 1536"
show "$mmusim" run -m research-baseline --set mmu.stlb.entries=192 -o "$out/small-stlb" "$trace"

say "4. What differs, and where the cycles went"
show "$mmusim" compare "$out/baseline" "$out/small-stlb"

say "Done. The results, with the resolved machine, are in $out/"
