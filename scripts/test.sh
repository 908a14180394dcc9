#!/usr/bin/env bash
# Installs what is missing, builds the release preset and runs every test.
# usage: scripts/test.sh [CTEST ARGUMENTS], e.g. -L unit; exit status 0 only if all passed.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh
source scripts/steps.sh
build release
run_suite release release "$@"
