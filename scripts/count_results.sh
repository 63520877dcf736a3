#!/usr/bin/env bash
# Reads the JUnit file of a ctest run and prints "N passed, N failed" as its last line. A test that
# could not run (its program is missing) failed; one that chose to be skipped counts as neither and
# is told before. Exits 1 when any failed or none passed.
set -euo pipefail
results=${1:?usage: count_results.sh <junit.xml>}

if [[ ! -s $results ]]; then
  echo "no test results in $results" >&2
  echo "0 passed, 0 failed"
  exit 1
fi

awk '
  function close_case() {
    if (status == "") return
    if (status == "disabled" || (status == "notrun" && chosen)) skipped++
    else if (status == "run" && !failure) passed++
    else failed++
    status = ""
  }
  /<testcase / {
    close_case()
    status = "unknown"; failure = 0; chosen = 0
    if (match($0, / status="[a-z]*"/)) status = substr($0, RSTART + 9, RLENGTH - 10)
  }
  /<failure/ { failure = 1 }
  /<skipped message="SKIP_/ { chosen = 1 }
  END {
    close_case()
    if (skipped > 0) printf "%d skipped\n", skipped
    printf "%d passed, %d failed\n", passed, failed
    exit failed > 0 || passed == 0
  }
' "$results"
