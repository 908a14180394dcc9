#!/usr/bin/env bash
# Everything that takes too long for every change: the second compiler, the debug build, the long
# comparison with the reference, a million fuzz sequences and as many walks in RTL, damaged traces
# under the sanitizers, real captures, a sweep through Slurm, planted faults that tests must catch,
# and with --coverage a report.
# About an hour and a half on 2 cores. The short form of all this is .ci/run.
# usage: scripts/verify.sh [--coverage]
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

with=(--with-checks --with-rtl --with-cluster --with-capture)
[[ ${1:-} == --coverage ]] && with+=(--with-coverage)
scripts/setup.sh "${with[@]}" || exit 1
source scripts/steps.sh
source scripts/verdict.sh

long_comparison() {
  MMUSIM_MACHINES=${MMUSIM_MACHINES:-1000} MMUSIM_ACCESSES=${MMUSIM_ACCESSES:-10000} \
    run_suite reference release -R "${MMUSIM_LONG_TESTS:-Reference}" --timeout 14400 --verbose
}

# Of the walker in RTL against the automaton, a quarter in each format.
long_walks() {
  MMUSIM_WALKS=${MMUSIM_WALKS:-250000} MMUSIM_SEED=100000 \
    run_suite rtl release -R '^cosim/Formats/PtwRandom' --verbose
}

# By tenths: each test has a time limit of its own, which is made for .ci/run.
long_fuzz() {
  local tenth=$(((${MMUSIM_SEQUENCES:-1000000} + 9) / 10)) part
  for part in 0 1 2 3 4 5 6 7 8 9; do
    MMUSIM_SEED=$((1 + part * tenth)) MMUSIM_SEQUENCES=$tenth \
      run_suite "fuzz-$part" release -R '^fuzz/Fuzz' --verbose || return 1
  done
}

# Its own build, without the compiler's objections to faults; docs/mutation.md.
planted_faults() {
  nice -n 5 python3 scripts/mutate.py --jobs "$jobs" --count "${MMUSIM_MUTANTS:-120}"
}

# Of random programs on the OS model, with leak checks.
million_operations() {
  ASAN_OPTIONS=$asan_without_kernel MMUSIM_OPERATIONS=${MMUSIM_OPERATIONS:-1000000} \
    build/sanitize/testbench/unit/os_model/os_model_test --gtest_filter='Laws.NothingIsStale*'
}

damaged_traces() {
  build sanitize && python3 scripts/damage_traces.py "$(mmusim_of sanitize)" traces/samples
}

# As root, for it starts Slurm's daemons; without it the step says so and fails.
sweep_with_slurm() {
  [[ $(id -u) -eq 0 ]] || { echo "verify: Slurm's daemons want root" >&2 && return 1; }
  scripts/check_slurm.sh "$(mmusim_of release)"
}

real_captures() {
  python3 scripts/check_capture.py "$(mmusim_of release)"
}

coverage_report() {
  build coverage && run_suite coverage coverage &&
    gcovr --root . --exclude testbench --print-summary --html-details build/coverage/report.html \
      build/coverage >"$logs/coverage.log" &&
    grep -E '^(lines|branches)' "$logs/coverage.log"
}

step "release build" build release
step "release tests" run_suite release release
step "tidy" scripts/check_tidy.sh
step "static analyzer" scripts/check_tidy.sh --analyzer
step "clang build" build clang
step "clang tests" run_suite clang clang
step "debug build" build debug
step "debug tests" run_suite debug debug
step "build with sanitizers" build sanitize
step "all tests with sanitizers" run_suite sanitize sanitize
step "a million operations on the OS model under the sanitizers" million_operations
step "long comparison with the reference" long_comparison
step "a million sequences of the fuzz" long_fuzz
step "a million walks of the RTL walker" long_walks
step "promises of the RTL walker" scripts/rtl-formal.sh
step "damaged traces under the sanitizers" damaged_traces
step "real captures, by qemu and by Valgrind" real_captures
step "a sweep through Slurm" sweep_with_slurm
step "faults planted in the code of translation" planted_faults
[[ ${1:-} == --coverage ]] && step "coverage" coverage_report
verdict "scripts/verify.sh"
