#!/usr/bin/env bash
# Runs clang-tidy with .clang-tidy over the sources of a configured build.
# usage: scripts/check_tidy.sh [--build DIR] [--since COMMIT]
#   --build DIR     holds compile_commands.json; default build/release
#   --since COMMIT  only sources changed since then; headers count through no source, so a full
#                   run, the default, is what CI does
set -euo pipefail
cd "$(dirname "$0")/.."

build=build/release
since=
while [[ $# -gt 0 ]]; do
  case "$1" in
    --build) build=$2 && shift 2 ;;
    --since) since=$2 && shift 2 ;;
    *) echo "check_tidy: unknown option '$1'" >&2 && exit 2 ;;
  esac
done
[[ -r $build/compile_commands.json ]] ||
  { echo "check_tidy: no $build/compile_commands.json; configure first" >&2 && exit 2; }

# Largest first, so that no long one is left for the end.
mapfile -t files < <(python3 - "$build" "$since" <<'PYTHON'
import json, os, subprocess, sys
build, since = sys.argv[1:]
here = os.getcwd() + "/"
files = {e["file"] for e in json.load(open(build + "/compile_commands.json"))}
files = {f[len(here):] for f in files if f.startswith(here) and "/build/" not in f}
if since:
    files &= set(subprocess.run(["git", "diff", "--name-only", since], text=True, check=True,
                                capture_output=True).stdout.split())
print("\n".join(sorted(files, key=os.path.getsize, reverse=True)))
PYTHON
)
[[ -n ${files[*]} ]] || { echo "tidy: no source to look at" && exit 0; }

# clang-tidy counts what it suppressed in system headers on stderr; findings come on stdout.
printf '%s\0' "${files[@]}" |
  xargs -0 -n 1 -P "${MMUSIM_JOBS:-$(nproc)}" clang-tidy -p "$build" --quiet 2>/dev/null |
  { grep -v '^$' || true; } >"$build/tidy.log" && status=0 || status=$?
cat "$build/tidy.log"
if [[ $status -ne 0 ]]; then
  echo "tidy: $(grep -c 'error:' "$build/tidy.log" || true) findings in ${#files[@]} files" >&2
  exit 1
fi
echo "tidy: ok (${#files[@]} files)"
