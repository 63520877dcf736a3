#!/usr/bin/env bash
# Configures and builds a preset: build.sh [preset] [cmake arguments...]. JOBS sets how many
# compilers run at once; by default as many as cores, but no more than memory carries.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
preset=${1:-release}
shift || true

if [[ -z ${JOBS:-} ]]; then
  JOBS=$(nproc)
  # A file that instantiates Ceres takes more than a gigabyte.
  available=$(awk '/^MemAvailable:/ {print int($2 / 1572864)}' /proc/meminfo 2>/dev/null || true)
  if [[ -n $available ]] && ((available < JOBS)); then JOBS=$((available > 0 ? available : 1)); fi
fi

cmake --preset "$preset" "$@"
cmake --build --preset "$preset" -j "$JOBS"
