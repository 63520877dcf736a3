#!/usr/bin/env bash
# clang-tidy over the given sources, or over those changed since the last commit, or over all.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
folders=(base hwdb ops model sim calibrate probe validate app)

cmake --preset clang >/dev/null
files=("$@")
if ((${#files[@]} == 0)); then
  mapfile -t files < <(
    { git diff --name-only --diff-filter=d HEAD; git ls-files --others --exclude-standard; } |
      grep -E "^($(IFS='|'; echo "${folders[*]}"))/.*\.cpp$" | sort -u)
fi
if ((${#files[@]} == 0)); then
  mapfile -t files < <(git ls-files -- "${folders[@]/%//*.cpp}")
fi
printf '%s\n' "${files[@]}" |
  xargs -P "${JOBS:-$(nproc)}" -n 1 clang-tidy -p build/clang --quiet --warnings-as-errors='*'
