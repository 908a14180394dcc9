# Sourced after steps.sh: steps that are all run, even after one has failed, and a verdict on them.
# shellcheck shell=bash

step_lines=()
step_failed=0

# step NAME COMMAND...: runs it, says how long it took, and remembers whether it failed.
step() {
  local name=$1 start=$SECONDS result=ok
  shift
  "$@" || result=FAILED
  [[ $result == ok ]] || step_failed=$((step_failed + 1))
  step_lines+=("$(printf '%-40s %-6s %5d s' "$name" "$result" $((SECONDS - start)))")
}

# verdict NAME: ctest's closing lines of each suite that ran since, the steps, and one line. Ends
# the script, with 0 only if no step failed.
verdict() {
  local log
  for log in "${suite_logs[@]}"; do
    say "$(basename "$log" .log)"
    closing_lines "$log"
  done
  say "steps"
  printf '%s\n' "${step_lines[@]}"
  if [[ $step_failed -eq 0 ]]; then
    echo "$1: PASSED (${#step_lines[@]} steps, $SECONDS s)"
    exit 0
  fi
  echo "$1: FAILED ($step_failed of ${#step_lines[@]} steps, $SECONDS s)"
  exit 1
}
