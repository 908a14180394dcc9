#!/bin/sh
# Makes a trace of any program: capture.sh [-o FILE.mmt] [-n INSTRUCTIONS] PROGRAM [ARGUMENTS]...
set -eu

usage() {
  cat <<'TEXT'
usage: capture.sh [-o FILE] [-n INSTRUCTIONS] PROGRAM [ARGUMENTS]...

Runs PROGRAM under Valgrind's lackey tool and writes the trace of its memory accesses and system
calls. Nothing but the trace is stored: lackey's text (about 15 bytes per access) goes through a
pipe. The program runs a few hundred times slower than alone.

  -o FILE          where the trace goes (default: PROGRAM's name with .mmt, in this folder)
  -n INSTRUCTIONS  end the trace, and the program, after so many
  -h               this text

MMUSIM names the mmusim command (default: build/release/mmusim of this repository).
TEXT
}

fail() {
  echo "capture.sh: $1" >&2
  exit 2
}

output=
instructions=
while getopts "+o:n:h" option; do
  case $option in
    o) output=$OPTARG ;;
    n) instructions=$OPTARG ;;
    h) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || { usage >&2; exit 2; }
case $instructions in *[!0-9]*) fail "-n $instructions: a number of instructions is needed" ;; esac

program=$1
[ -n "$output" ] || output=$(basename "$program").mmt
root=$(cd "$(dirname "$0")/.." && pwd)
mmusim=${MMUSIM:-$root/build/release/mmusim}
command -v "$program" > /dev/null || fail "$program: no such program"
command -v valgrind > /dev/null ||
  fail "valgrind is needed; install it with: apt-get install valgrind"
command -v "$mmusim" > /dev/null ||
  fail "$mmusim: not built; run ./scripts/demo.sh, or set MMUSIM to the mmusim command"

# The log goes to the pipe, the program's own output to where ours goes (3). A child after fork keeps
# silent, or two processes would share one log. When the converter has enough (-n) it closes the
# pipe, which ends Valgrind.
exec 3>&1
{
  valgrind --tool=lackey --trace-mem=yes --trace-syscalls=yes --trace-sched=yes \
    --child-silent-after-fork=yes --log-fd=9 "$@" 9>&1 >&3 3>&- || true
} | "$mmusim" trace convert --keep-partial ${instructions:+--instructions "$instructions"} \
  /dev/stdin "$output"
