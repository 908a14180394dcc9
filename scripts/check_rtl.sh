#!/usr/bin/env bash
# Holds the RTL walker (hw/rtl) against its tools: Verilator's lint without a warning for every
# format and extension, yosys (if it is there) reads and checks the same files, and parameters that
# make no sense stop both with a message.
# usage: scripts/check_rtl.sh
set -euo pipefail
cd "$(dirname "$0")/../hw/rtl"

files=(mmu_ptw_pkg.sv mmu_pte_check.sv mmu_ptw_fill.sv mmu_ptw_rules.sv mmu_ptw.sv)
lint() {
  verilator --lint-only -Wall --assert --top-module mmu_ptw "$@" "${files[@]}"
}
# With and without the assertions, in the form that synthesis sees.
read_by_yosys() {  # LEVELS
  local assertions
  for assertions in "" -formal; do
    yosys -q -p "read_verilog -sv $assertions ${files[*]}; hierarchy -check -chparam Levels $1 \
      -top mmu_ptw; proc; opt_clean; check -assert"
  done
}
refused() {  # COMMAND ARGUMENTS...
  local said
  if said=$("$@" 2>&1) || [[ $said != *"mmu_ptw: Levels must be"* ]]; then
    echo "check_rtl: '$*' is not refused with a message: $said" >&2
    return 1
  fi
}

for levels in 2 3 4 5; do
  for extensions in 0 1; do
    lint -GLevels=$levels {-GSvnapot,-GSvpbmt,-GSvadu}="1'b$extensions"
  done
done
refused lint -Wno-SELRANGE -Wno-WIDTH -GLevels=6
tools="Verilator"
if command -v yosys >/dev/null; then
  for levels in 2 3 4 5; do read_by_yosys $levels; done
  refused read_by_yosys 6
  tools+=" and yosys"
fi
echo "rtl: ok ($tools)"
