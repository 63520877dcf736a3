#!/usr/bin/env bash
# Sees that count_results.sh counts what ctest writes: count_results_test.sh <count_results.sh>
set -uo pipefail
script=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
broken=0

# expect <name> <wanted last line> <wanted exit code> <junit body>
expect() {
  printf '<testsuite>\n%s\n</testsuite>\n' "$4" >"$folder/r.xml"
  local output code
  output=$("$script" "$folder/r.xml" 2>/dev/null | tail -n 1)
  "$script" "$folder/r.xml" >/dev/null 2>&1
  code=$?
  if [[ $output != "$2" || $code != "$3" ]]; then
    echo "$1: expected '$2' and exit $3, got '$output' and exit $code"
    broken=1
  fi
}

pass='<testcase name="a" classname="a" time="0.1" status="run">
<system-out>x</system-out></testcase>'
fail='<testcase name="b" classname="b" time="0.1" status="fail"><failure message=""/></testcase>'
lost='<testcase name="c" classname="c" time="0" status="notrun">
<skipped message="Unable to find executable"/></testcase>'
skip='<testcase name="d" classname="d" time="0" status="notrun">
<skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/></testcase>'
off='<testcase name="e" classname="e" time="0" status="disabled"></testcase>'

expect "all pass" "2 passed, 0 failed" 0 "$pass
$pass"
expect "one fails" "1 passed, 1 failed" 1 "$pass
$fail"
expect "a missing program fails" "1 passed, 1 failed" 1 "$pass
$lost"
expect "a chosen skip is neither" "1 passed, 0 failed" 0 "$pass
$skip
$off"
expect "none at all" "0 passed, 0 failed" 1 ""

if "$script" "$folder/none.xml" >/dev/null 2>&1; then
  echo "a missing file passed"
  broken=1
fi
exit "$broken"
