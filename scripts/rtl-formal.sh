#!/usr/bin/env bash
# Proves promises of the RTL walker (hw/rtl/formal) for every sequence of inputs over some cycles,
# by yosys: Sv32, memory and walk cache that answer within three cycles. Then breaks the walker five
# times, one promise each, and demands that yosys finds a sequence that shows it.
# usage: scripts/rtl-formal.sh [CYCLES]   default 24: at the shortest latencies two walks, or one with
#        update, retry and update
set -euo pipefail
cd "$(dirname "$0")/../hw/rtl"
cycles=${1:-24}
command -v yosys >/dev/null ||
  { echo "rtl-formal: there is no yosys; on Debian 12: apt-get install yosys" >&2 && exit 1; }

files=(mmu_ptw_pkg.sv mmu_pte_check.sv mmu_ptw_fill.sv mmu_ptw_rules.sv mmu_ptw.sv
  formal/mmu_ptw_formal.sv)

# holds DIRECTORY: true if every promise holds for the walker there; what yosys says is in $said.
holds() {
  said=$(cd "$1" && yosys -p "read_verilog -sv -formal ${files[*]}; \
    hierarchy -check -top mmu_ptw_formal; proc; flatten; opt -full; async2sync; dffunmap; \
    opt_clean; sat -set-assumes -prove-asserts -seq $cycles mmu_ptw_formal" 2>&1) ||
    { echo "$said" >&2 && exit 1; }
  [[ $said == *"no model found: SUCCESS"* ]]
}

holds . || { tail -n 40 <<<"$said" >&2 && echo "rtl-formal: a promise is broken" >&2 && exit 1; }
echo "rtl-formal: all promises hold over $cycles cycles"

copy=$(mktemp -d)
trap 'rm -r "$copy"' EXIT
mkdir "$copy/formal"
broken() {  # FILE FROM TO
  cp ./*.sv "$copy" && cp formal/*.sv "$copy/formal"
  python3 - "$copy/$1" "$2" "$3" <<'PYTHON'
import sys
name, old, new = sys.argv[1:]
text = open(name, encoding="utf-8").read()
assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
open(name, "w", encoding="utf-8").write(text.replace(old, new))
PYTHON
  ! holds "$copy" || { echo "rtl-formal: nobody notices '$3' in $1" >&2 && exit 1; }
  echo "rtl-formal: found '$3' in $1"
}
broken mmu_ptw.sv 'if (rsp_ready_i) state_d = mmu_ptw_pkg::StIdle' 'if (rsp_ready_i) state_d = mmu_ptw_pkg::StRead'
broken mmu_ptw_fill.sv ' & ~dropped_q[l]' ''
broken mmu_pte_check.sv 'if (is_store && access_i.may_dirty)' 'if (access_i.may_dirty)'
broken mmu_ptw.sv 'if (error_q) begin
          result_d = mmu_ptw_pkg::ResAccessFault;' 'if (error_q) begin
          state_d = mmu_ptw_pkg::StUpdated;'
broken mmu_ptw.sv 'level_d  = level_q - 1'"'b1" 'level_d  = level_q'
