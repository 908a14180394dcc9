#!/usr/bin/env bash
# Runs clang-tidy with .clang-tidy over the sources of a configured build.
# usage: scripts/check_tidy.sh [--build DIR] [--since COMMIT] [--analyzer]
#   --build DIR     holds compile_commands.json; default build/release
#   --since COMMIT  only sources changed since then. A header is seen through the sources that
#                   include it, so the full run, the default, is what CI does
#   --analyzer      only the static analyzer, only over what is no test
set -euo pipefail
cd "$(dirname "$0")/.."

build=build/release
since=
tests=yes
options=(--quiet)
while [[ $# -gt 0 ]]; do
  case "$1" in
    --build) build=$2 && shift 2 ;;
    --since) since=$2 && shift 2 ;;
    --analyzer) tests=no && options+=('--checks=-*,clang-analyzer-*') && shift ;;
    *) echo "check_tidy: unknown option '$1'" >&2 && exit 2 ;;
  esac
done
[[ -r $build/compile_commands.json ]] ||
  { echo "check_tidy: no $build/compile_commands.json; configure first" >&2 && exit 2; }

# Largest first, so that no long one is left for the end.
mapfile -t files < <(python3 - "$build" "$since" "$tests" <<'PYTHON'
import json, os, subprocess, sys
build, since, tests = sys.argv[1:]
here = os.getcwd() + "/"
files = {e["file"] for e in json.load(open(build + "/compile_commands.json"))}
files = {f[len(here):] for f in files if f.startswith(here)}
files = {f for f in files if os.path.isfile(f) and not f.startswith("build/")
         and (tests == "yes" or not f.startswith("testbench/"))}
if since:
    files &= set(subprocess.run(["git", "diff", "--name-only", since], text=True, check=True,
                                capture_output=True).stdout.split())
print("\n".join(sorted(files, key=os.path.getsize, reverse=True)))
PYTHON
)
[[ -n ${files[*]} ]] || { echo "tidy: no source to look at" && exit 0; }

# Each source has a log of its own: two at work would mix their lines. (clang-tidy counts on stderr
# what it suppressed in system headers; findings, and why it could not parse, are on stdout.)
logs=$build/tidy
rm -rf "$logs" && mkdir -p "$logs"
look_at() {  # OPTIONS... FILE
  local file=${!#}
  local log=$logs/${file//\//.}.log
  clang-tidy -p "$build" "$@" >"$log" 2>/dev/null && rm "$log" && return
  cat "$log"
  [[ -s $log ]] || echo "$file: clang-tidy failed"
  return 1
}
export build logs
export -f look_at
# shellcheck disable=SC2016  # for the inner shell
if ! printf '%s\0' "${files[@]}" |
  xargs -0 -n 1 -P "${MMUSIM_JOBS:-$(nproc)}" bash -c 'look_at "$@"' look_at "${options[@]}"; then
  echo "tidy: findings in $(find "$logs" -name '*.log' | wc -l) of ${#files[@]} files"
  exit 1
fi
echo "tidy: ok (${#files[@]} files)"
