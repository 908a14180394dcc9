#!/usr/bin/env bash
# Fails if clang-format would change a C++ file of the repository. With --fix it changes them.
set -euo pipefail
cd "$(dirname "$0")/.."

mode=(--dry-run --Werror)
[[ ${1:-} == --fix ]] && mode=(-i)
mapfile -d '' files < <(find hw os_model traces sim testbench examples \( -name '*.hpp' -o -name '*.cpp' \) -print0)
printf '%s\0' "${files[@]}" | xargs -0 -n 20 -P "${MMUSIM_JOBS:-$(nproc)}" clang-format "${mode[@]}"
echo "format: ok (${#files[@]} files)"
