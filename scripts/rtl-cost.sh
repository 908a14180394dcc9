#!/usr/bin/env bash
# What the RTL walker costs in hardware, by yosys: cells after mapping to simple gates (two inputs,
# and multiplexers), flip-flops, and the longest path in cells, for each set of parameters. As a
# table in Markdown; docs/rtl.md has it.
# usage: scripts/rtl-cost.sh
set -euo pipefail
cd "$(dirname "$0")/../hw/rtl"
command -v yosys >/dev/null ||
  { echo "rtl-cost: there is no yosys; on Debian 12: apt-get install yosys" >&2 && exit 1; }

files=(mmu_ptw_pkg.sv mmu_pte_check.sv mmu_ptw_fill.sv mmu_ptw.sv)

cost() {  # NAME LEVELS SVNAPOT SVPBMT SVADU
  local parameters="-chparam Levels $2 -chparam Svnapot 1'b$3 -chparam Svpbmt 1'b$4 -chparam Svadu 1'b$5"
  local said cells flip_flops path
  # One-bit parameters are given where the files are read: the defaults become others.
  said=$(yosys -p "read_verilog -sv ${files[*]}; hierarchy -check -top mmu_ptw $parameters; \
    synth -flatten -top mmu_ptw; abc -g simple; opt_clean; stat; ltp -noff" 2>&1) ||
    { echo "$said" >&2 && return 1; }
  cells=$(awk '/Number of cells:/ {n = $NF} END {print n}' <<<"$said")
  flip_flops=$(awk '/Number of cells:/ {n = 0} /\$_S?DFF/ {n += $NF} END {print n}' <<<"$said")
  path=$(sed -n 's/.*Longest topological path.*length=\([0-9]*\).*/\1/p' <<<"$said" | tail -n 1)
  printf '| %-28s | %5d | %10d | %12d |\n' "$1" $((cells - flip_flops)) "$flip_flops" "$path"
}

printf '| %-28s | %5s | %10s | %12s |\n' "walker" "gates" "flip-flops" "longest path"
echo "|---|---|---|---|"
cost "Sv32" 2 0 0 1
for sv in 3:Sv39 4:Sv48 5:Sv57; do
  cost "${sv#*:}, no extension" "${sv%:*}" 0 0 0
  cost "${sv#*:}, Svadu" "${sv%:*}" 0 0 1
  cost "${sv#*:}, Svnapot Svpbmt Svadu" "${sv%:*}" 1 1 1
done
