#!/usr/bin/env bash
# Runs every benchmark of the release build; arguments go to each.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
shopt -s nullglob
found=0
for program in build/release/bench/*_bench; do
  [[ -x $program && -f $program ]] || continue
  found=1
  "$program" "$@"
done
if ((found == 0)); then
  echo "no benchmark in build/release/bench" >&2
  exit 1
fi
