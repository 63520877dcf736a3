#!/usr/bin/env bash
# Runs the tests of a built preset: run_tests.sh [preset] [ctest arguments...]. The last line says
# "N passed, N failed"; the exit code is 0 only when some passed and none failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
preset=${1:-release}
shift || true

results=$PWD/build/$preset/test-results.xml
rm -f "$results"
ctest --preset "$preset" -j "${JOBS:-$(nproc)}" --output-junit "$results" "$@"
tests=$?
scripts/count_results.sh "$results"
count=$?
((tests == 0 && count == 0))
