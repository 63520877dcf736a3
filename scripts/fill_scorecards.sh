#!/usr/bin/env bash
# Computes the scorecards anew and writes them between their markers in README.md and
# docs/validation.md: fill_scorecards.sh [--limits] [path of the program]. With `--limits`, the bars
# of data/limits.yaml become the figures reached, with a margin of a tenth and of four points of
# coverage. A bar that is kept is never loosened.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

limits=0
if [[ ${1:-} == --limits ]]; then
  limits=1
  shift
fi
program=${1:-build/release/foretoken}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Operators by held-out shape do not depend on what else is left out: once is enough.
for run in "device" "model --no-operators"; do
  {
    printf 'Output of `foretoken validate --leave-out %s -o md`:\n\n' "$run"
    # shellcheck disable=SC2086  # two words
    "$program" validate --leave-out $run -o md
  } >"$work/${run%% *}.md"
done
{
  printf 'Output of `foretoken validate --few-shot 0,1,4,16 -o md`:\n\n'
  "$program" validate --few-shot 0,1,4,16 -o md
} >"$work/few-shot.md"

# energy FOLD [FLAG]: of devices of 20 and more rows, and the kinds of model.
energy() {
  local full="$work/energy${2:-}-$1.full"
  printf 'Output of `foretoken validate --energy%s --leave-out %s --group-by device -o md`, devices of 20 and more rows:\n\n' "${2:+ $2}" "$1"
  # shellcheck disable=SC2086  # no second flag is no word
  "$program" validate --energy ${2:-} --leave-out "$1" --group-by device -o md >"$full"
  awk -F ' *[|] *' '/^### clean rows by label/ { exit } $2 ~ /^device=/ && $3 < 20 { next } { print }' \
    "$full"
}
for fold in device model; do energy "$fold"; done >"$work/energy.md"
for fold in device model; do energy "$fold" --predicted-time; done >"$work/predicted-time.md"

"$program" validate --quality -o md >"$work/quality.md"

# Cells of the clean groups by pool: rows, median, p90, share inside the 90 % interval, best baseline.
pools() {
  awk -F ' *[|] *' '
    /^### clean rows by label/ { exit }
    $2 ~ /^pool=[^ ]*$/ || $2 == "all" {
      best = $12
      for (i = 13; i <= 14; i++) if ($i + 0 < best + 0) best = $i
      sub(/^pool=/, "", $2)
      if (!($2 in seen)) print $2 "\t" $3 "\t" $4 "\t" $6 "\t" $10 "\t" best
      seen[$2] = 1
    }' "$1"
}
pools "$work/device.md" >"$work/device.tsv"
pools "$work/model.md" >"$work/model.tsv"

{
  echo "| pool | clean rows | unseen device: median / p90 | best baseline, median | in 90 % interval | unseen model: median / p90 | best baseline, median | in 90 % interval |"
  echo "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
  join -t $'\t' <(sort "$work/device.tsv") <(sort "$work/model.tsv") |
    awk -F '\t' '
      function line() { return sprintf("| %s | %s | %s / %s | %s | %s | %s / %s | %s | %s |", $1, $2, $3, $4, $6, $5, $8, $9, $11, $10) }
      $1 == "all" { last = line(); next }
      { print line() }
      END { print last }'
} >"$work/readme.md"

# replace FILE NAME TEXT: what stands between <!-- NAME:begin --> and <!-- NAME:end -->.
replace() {
  awk -v name="$2" -v text="$3" '
    $0 == "<!-- " name ":end -->" { inside = 0 }
    !inside { print }
    $0 == "<!-- " name ":begin -->" {
      inside = 1
      while ((getline line < text) > 0) print line
    }' "$1" >"$work/replaced"
  cat "$work/replaced" >"$1"
}
{
  cat "$work/device.md"
  echo
  cat "$work/model.md"
} >"$work/both.md"
replace README.md scorecard "$work/readme.md"
replace docs/validation.md scorecard "$work/both.md"
replace docs/validation.md energy "$work/energy.md"
replace docs/validation.md predicted-time "$work/predicted-time.md"
replace docs/validation.md quality "$work/quality.md"
replace docs/validation.md few-shot "$work/few-shot.md"

# bars FOLD BEFORE FIGURES: bars of the figures, beside those that stand in a file so far.
bars() {
  echo "$1:"
  sed -n "/^$1:/,/^[a-z]*:\$/p" "$2" | tr -d ' {},' |
    sed -nE 's/^([a-z0-9.-]+):median:([0-9.]+)p90:([0-9.]+)covered:([0-9.]+)$/\1\t\2\t\3\t\4/p' >"$work/bars.tsv"
  awk -F '\t' '
    function error_bar(reached, before) {
      return before != "" && reached <= before && before < reached * 1.1 ? before : reached * 1.1
    }
    FILENAME == ARGV[1] { median[$1] = $2; p90[$1] = $3; covered[$1] = $4; next }
    $2 >= 20 {
      share = $5 / 100 - 0.04
      if (share > 0.85) share = 0.85
      if (share < 0) share = 0
      if (covered[$1] != "" && $5 / 100 >= covered[$1] && covered[$1] > share) share = covered[$1]
      printf "  %s: {median: %.3f, p90: %.3f, covered: %.2f}\n", $1,
             error_bar($3 / 100, median[$1]), error_bar($4 / 100, p90[$1]), share
    }' "$work/bars.tsv" "$3"
}

# Cells of energies by device, all of them first.
energies() {
  awk -F ' *[|] *' '
    /^### clean rows by/ { exit }
    $2 ~ /^device=/ || $2 == "all" {
      sub(/^device=/, "", $2)
      print ($2 == "all" ? 0 : 1) "\t" $2 "\t" $3 "\t" $4 "\t" $6 "\t" $10
    }' "$1" | sort -s -k1,1n | cut -f2-
}

if ((limits)); then
  awk '/^energy:/ { energy = 1; next } /^[a-z]/ { energy = 0 } !energy' data/limits.yaml >"$work/times.before"
  awk '/^energy:/ { energy = 1; next } /^[a-z]/ { energy = 0 } energy { sub(/^  /, ""); print }' \
    data/limits.yaml >"$work/energies.before"
  {
    sed '/^device:/,$d' data/limits.yaml
    for fold in device model; do
      grep -v '^all' "$work/$fold.tsv" >"$work/$fold.pools"
      bars "$fold" "$work/times.before" "$work/$fold.pools"
    done
    echo "energy:"
    for fold in device model; do
      energies "$work/energy-$fold.full" >"$work/energy-$fold.tsv"
      bars "$fold" "$work/energies.before" "$work/energy-$fold.tsv" | sed 's/^/  /'
    done
  } >"$work/limits.yaml"
  cat "$work/limits.yaml" >data/limits.yaml
fi
