# Sourced by the scripts beside it: what a "step" is, and how to build and test a preset.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
logs=$root/build/logs
jobs=${MMUSIM_JOBS:-$(nproc)}
suite_logs=()  # of the suites that ran, in order
# Leak checks crash or report memory of waiting threads where SystemC runs; suites without it
# switch them on again.
asan_with_kernel=detect_leaks=0:detect_stack_use_after_return=0
asan_without_kernel=detect_leaks=1:detect_stack_use_after_return=0

export SYSTEMC_DISABLE_COPYRIGHT_MESSAGE=1
export ASAN_OPTIONS=${ASAN_OPTIONS:-$asan_with_kernel}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
export CTEST_PARALLEL_LEVEL=${CTEST_PARALLEL_LEVEL:-$jobs}
if command -v ccache >/dev/null && [[ -z ${CMAKE_CXX_COMPILER_LAUNCHER:-} ]]; then
  export CMAKE_CXX_COMPILER_LAUNCHER=ccache
fi

say() {
  printf '\n== %s\n' "$*"
}

# build PRESET: configures and builds it in build/PRESET.
build() {
  say "build: $1 (in build/$1)"
  cmake -S "$root" --preset "$1" >"$logs/configure-$1.log" 2>&1 ||
    { cat "$logs/configure-$1.log" && return 1; }
  cmake --build "$root/build/$1" --parallel "$jobs"
}

# run_suite NAME PRESET [CTEST ARGUMENTS]: runs the tests of build/PRESET and keeps what ctest said
# in build/logs/ctest-NAME.log. Fails if a test fails, or if there is none.
run_suite() {
  local name=$1 preset=$2
  shift 2
  say "tests: $name"
  suite_logs+=("$logs/ctest-$name.log")
  ctest --test-dir "$root/build/$preset" --no-tests=error --output-on-failure "$@" 2>&1 |
    tee "$logs/ctest-$name.log"
}

# closing_lines LOG: what ctest says at its end: the count, the labels, what failed.
closing_lines() {
  sed -n '/tests passed/,$p' "$1"
}

# The program that a preset built.
mmusim_of() {
  find "$root/build/$1" -name mmusim -type f -perm -u+x | head -n 1
}

mkdir -p "$logs"
