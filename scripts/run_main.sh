#!/usr/bin/env bash
# What `make run` shows: three predictions and the leave-one-device-out scorecard of decode rows,
# computed anew. `foretoken validate` without --no-operators adds the operators.
# Usage: scripts/run_main.sh [path of the program]
set -euo pipefail

cd "$(dirname "$0")/.."
program=${1:-build/release/foretoken}

ask() {
  printf '$ foretoken'
  printf ' %q' "$@"
  printf '\n'
  "$program" "$@"
  printf '\n'
}

ask predict -m llama-3.1-8b -q Q4_K_M -d "RTX 4090"
ask predict -m llama-3.1-8b -q Q4_K_M -d "M3 Max"
ask predict -m qwen2.5-1.5b -q w8a8 -d "RK3588 NPU"
ask validate --leave-out device --no-operators
