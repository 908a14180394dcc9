#!/bin/sh
# Makes a trace of any program: capture.sh [options] PROGRAM [ARGUMENTS]...; docs/traces.md.
set -eu

usage() {
  cat <<'TEXT'
usage: capture.sh [options] PROGRAM [ARGUMENTS]...

Runs PROGRAM, an ELF file, and writes the trace of its instructions, memory accesses and system
calls. Nothing but the trace is stored: what the tracer says goes through a pipe.

  -o FILE              where the trace goes (default: PROGRAM's name with .mmt, in this folder)
  -n, --instructions N end the trace, and the program, after so many
  --by qemu|valgrind   what traces: qemu-user with this project's plugin (default), for programs
                       of x86-64, riscv64 and aarch64, with threads; or Valgrind's lackey, for
                       x86-64, several times slower, which knows the processor's newer instructions
  --arch ARCHITECTURE  x86-64, riscv64 or aarch64; an error if PROGRAM is of another
  --sysroot FOLDER     where a foreign program's dynamic linker and libraries lie
                       (default: /usr/riscv64-linux-gnu, /usr/aarch64-linux-gnu)
  --cpu MODEL          qemu's model of the processor (qemu-x86_64 -cpu help; default: qemu's)
  --clean-env          no environment variables: they lie on the stack, and move what lies below
  -h, --help           this text

Exit status: 0 the trace is written, whatever PROGRAM's status, which is reported; 2 bad usage, or
a tool is missing; 3 the trace ends before the program did.

MMUSIM names the mmusim command (default: build/release/mmusim of this repository); its plugin for
qemu lies beside it.
TEXT
}

fail() {
  echo "capture.sh: $1" >&2
  exit 2
}

output=
instructions=
by=qemu
arch=
sysroot=
cpu=
clean_env=
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) usage && exit 0 ;;
    --clean-env) clean_env=yes && shift && continue ;;
    --) shift && break ;;
    --*=*)
      word=$1
      shift
      set -- "${word%%=*}" "${word#*=}" "$@"
      ;;
    -o | -n | --instructions | --by | --arch | --sysroot | --cpu) ;;
    -*) usage >&2 && fail "unknown option $1" ;;
    *) break ;;
  esac
  [ $# -gt 1 ] || fail "$1: a value is needed"
  case $1 in
    -o) output=$2 ;;
    -n | --instructions) instructions=$2 ;;
    --by) by=$2 ;;
    --arch) arch=$2 ;;
    --sysroot) sysroot=$2 ;;
    --cpu) cpu=$2 ;;
    *) usage >&2 && fail "unknown option $1" ;;
  esac
  shift 2
done
[ $# -gt 0 ] || { usage >&2 && exit 2; }

case $instructions in
  "") ;;
  *[!0-9]* | 0*) fail "-n $instructions: a number of instructions is needed" ;;
esac
case $by in qemu | valgrind) ;; *) fail "--by $by: qemu and valgrind are possible" ;; esac
case $arch in
  "" | x86-64 | riscv64 | aarch64) ;;
  *) fail "--arch $arch: x86-64, riscv64 and aarch64 are possible" ;;
esac
[ "$by" = qemu ] || [ -z "$cpu$sysroot" ] || fail "--cpu and --sysroot are qemu's: --by qemu"

name=$1
program=$(command -v "$name") || fail "$name: no such program"
case $program in */*) ;; *) fail "$name: is part of the shell; name the program's file" ;; esac
shift

# number OFFSET BYTES: of the program's file, little-endian.
number() {
  od -An -v -t "u$2" -j "$1" -N "$2" "$program" | tr -d ' \n'
}

# The machine that the ELF header names, in the words of --arch.
arch_of_program() {
  [ "$(od -An -v -t x1 -N 6 "$program" | tr -d ' \n')" = 7f454c460201 ] ||
    fail "$program: is no ELF file of 64 bits, little-endian (of a script, capture its interpreter: capture.sh sh $program)"
  case $(number 18 2) in
    62) echo x86-64 ;;
    183) echo aarch64 ;;
    243) echo riscv64 ;;
    *) fail "$program: is for machine $(number 18 2) (ELF's e_machine); x86-64 (62), aarch64 (183) and riscv64 (243) can be captured" ;;
  esac
}

# The dynamic linker that the program asks for; nothing if it is static.
interpreter_of_program() {
  at=$(number 32 8)
  left=$(number 56 2)
  while [ "$left" -gt 0 ]; do
    if [ "$(number "$at" 4)" = 3 ]; then # PT_INTERP
      tail -c "+$(($(number $((at + 8)) 8) + 1))" "$program" |
        head -c $(($(number $((at + 32)) 8) - 1))
      return
    fi
    at=$((at + 56))
    left=$((left - 1))
  done
}

found=$(arch_of_program) || exit 2
[ -z "$arch" ] || [ "$arch" = "$found" ] || fail "$program: is a program of $found, not of $arch"
arch=$found

[ -n "$output" ] || output=$(basename "$name").mmt
root=$(cd "$(dirname "$0")/.." && pwd)
mmusim=${MMUSIM:-$root/build/release/mmusim}
command -v "$mmusim" > /dev/null ||
  fail "$mmusim: not built; run ./scripts/demo.sh, or set MMUSIM to the mmusim command"

# Each branch leaves the tracer's command line in $@. The tracer writes to descriptor 9.
if [ "$by" = valgrind ]; then
  [ "$arch" = x86-64 ] || fail "$program: is a program of $arch; Valgrind traces x86-64: --by qemu"
  command -v valgrind > /dev/null ||
    fail "valgrind is needed; install it with: apt-get install valgrind"
  # A child after fork keeps silent, or two processes would share one log.
  set -- "$(command -v valgrind)" --tool=lackey --trace-mem=yes --trace-syscalls=yes --trace-sched=yes \
    --child-silent-after-fork=yes --log-fd=9 "$program" "$@"
else
  case $arch in
    x86-64) qemu="qemu-x86_64" ;;
    *) qemu=qemu-$arch ;;
  esac
  command -v "$qemu" > /dev/null ||
    fail "$qemu is needed; install it with: apt-get install qemu-user$(
      [ "$arch" != x86-64 ] || echo ' (or trace with --by valgrind)')"
  plugin=$(dirname "$(command -v "$mmusim")")/mmusim_capture.so
  [ -r "$plugin" ] || fail "$plugin: the plugin for qemu is not there; it is built with mmusim"
  # A comma would end the plugin's file name.
  case $plugin in *,*) fail "$plugin: a comma in its path, which qemu does not take" ;; esac

  interpreter=$(interpreter_of_program)
  if [ -n "$interpreter" ] && { [ "$arch" != x86-64 ] || [ -n "$sysroot" ]; }; then
    [ -n "$sysroot" ] || sysroot=/usr/$arch-linux-gnu
    case $arch in riscv64) libc=libc6-riscv64-cross ;; *) libc=libc6-arm64-cross ;; esac
    [ -e "$sysroot$interpreter" ] || fail "$program: its dynamic linker $interpreter is not in $sysroot; install it with: apt-get install $libc, name another folder with --sysroot, or link the program with -static"
  fi

  # Guest addresses lie from a base on where nothing of qemu's does, so that they are the same each
  # time and can be told from qemu's own. Of RISC-V's, all lie below 2^38: user addresses of Sv39.
  # (-R is not for x86-64: it forbids the vsyscall page.)
  case $arch in
    riscv64) span=0x4000000000 && set -- -R $span -- "$@" ;;
    *) span=0x200000000000 && set -- -B 0x100000000000 -- "$@" ;;
  esac
  range_option=$1 range=$2
  shift 3
  words=11 # of the command line below that are not the program's
  [ -z "$sysroot" ] || words=$((words + 2))
  [ -z "$cpu" ] || words=$((words + 2))
  set -- "$(command -v "$qemu")" "$range_option" "$range" -seed 0 -s 8388608 -0 "$name" \
    ${sysroot:+-L "$sysroot"} ${cpu:+-cpu "$cpu"} \
    -plugin "$plugin,fd=9,span=$span,words=$words${instructions:+,instructions=$instructions}" \
    "$program" "$@"
fi
[ -z "$clean_env" ] || set -- env -i "$@"
# Without randomized addresses, where the system lets us.
if setarch -R true 2> /dev/null; then set -- setarch -R "$@"; fi

status_file=$(mktemp)
trap 'rm -f "$status_file"' EXIT

# The trace goes to the pipe, the program's own output to where ours goes (3). When the converter
# has enough (-n) it closes the pipe, which ends Valgrind.
exec 3>&1
result=0
{
  status=0
  # shellcheck disable=SC3045  # dash and bash both have it
  ulimit -c 0 # no core of qemu or Valgrind
  "$@" 9>&1 >&3 3>&- || status=$?
  echo "$status" > "$status_file"
} | "$mmusim" trace convert --keep-partial ${instructions:+--instructions "$instructions"} \
  /dev/stdin "$output" || result=$?

status=$(cat "$status_file")
if [ -n "$instructions" ] && [ "$status" -eq 141 ]; then
  : # the pipe was closed: it has been stopped as wanted
elif [ "$status" -gt 128 ]; then
  echo "capture.sh: $name was ended by signal $((status - 128))" >&2
else
  echo "capture.sh: $name ended with status $status" >&2
fi
exit $result
