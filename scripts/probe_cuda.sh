#!/usr/bin/env bash
# Measures an NVIDIA GPU on a machine that has CUDA's compiler and need have nothing else:
#   scripts/probe_cuda.sh FOLDER [SECONDS] [DEVICE]
# Builds the CUDA probe, compares every kernel with a double-precision reference, then measures for
# about SECONDS (90) and leaves in FOLDER
#   kernels.csv   one row a kernel and size, for `foretoken import FOLDER/kernels.csv -o mine.h5`
#   device.json   what the driver says of the device
#   log.txt       everything printed
# DEVICE is an id of data/devices; without it rows carry the name that the driver gives. Settings
# of the device are read and never changed. Each class of kernels runs in a process of its own, so a
# fault in one leaves the others. Exit code: 0 all went well, 1 a part failed, 3 nothing could run.
# NVCC names another compiler, ARCH a compute capability to build for (90), BUILD a folder for what
# is made (FOLDER/build). BUILD_ONLY=1 stops after that, also without a GPU; PROGRAM takes what was
# built so, BUILD/probe_cuda, if it runs. PARTS limits what is run (launch read copy gemv attention
# gemm), CHECK=only stops after the comparison, CUBLAS=0 leaves cuBLAS out.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
out=${1:?usage: probe_cuda.sh FOLDER [SECONDS] [DEVICE]}
seconds=${2:-90}
device=${3:-}

mkdir -p "$out" || exit 3
out=$(cd "$out" && pwd)
build=${BUILD:-$out/build}
mkdir -p "$build" || exit 3
rm -f "$out/kernels.csv" "$out/device.json"
exec > >(tee "$out/log.txt") 2>&1

nvidia-smi --query-gpu=name,driver_version,clocks.sm,clocks.mem,power.draw,temperature.gpu \
  --format=csv 2>/dev/null || echo "nvidia-smi tells nothing"

compile() { # compile NAME: one source, in the folder of sources
  "$nvcc" "${flags[@]}" -c "$1.cu" -o "$build/$1.o" >"$build/$1.log" 2>&1 || touch "$build/failed"
}

build_program() {
  nvcc=${NVCC:-$(command -v nvcc || echo /usr/local/cuda/bin/nvcc)}
  if [[ ! -x $nvcc ]]; then
    echo "no nvcc on the PATH or in /usr/local/cuda/bin; NVCC names one"
    return 1
  fi
  "$nvcc" --version | tail -n 2
  # The device's own architecture, or what nvcc finds by itself.
  local capability=${ARCH:-$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader 2>/dev/null |
    head -n 1 | tr -d '. ')}
  flags=(-O3 -std=c++17 -Xcompiler -fPIC "-I$root" -DFORETOKEN_PROBE_MAIN)
  if [[ $capability =~ ^[0-9]+$ ]]; then
    flags+=(-gencode "arch=compute_$capability,code=sm_$capability")
  else
    flags+=(-arch=native)
  fi

  rm -f "$build"/*.o "$build"/*.log "$build/failed" "$build/probe_cuda" "$build/with_cublas"
  local libraries=(-ldl)
  local cublas=(-lcublas -Xlinker "-rpath=$(dirname "$(dirname "$nvcc")")/lib64")
  printf '#include <cublas_v2.h>\nint main() { return cublasGetStatusString(CUBLAS_STATUS_SUCCESS)[0] == 0; }\n' \
    >"$build/with_cublas.cu"
  if [[ ${CUBLAS:-1} == 1 ]] &&
    "$nvcc" "$build/with_cublas.cu" -o "$build/with_cublas" "${cublas[@]}" \
      >"$build/with_cublas.log" 2>&1 && "$build/with_cublas"; then
    flags+=(-DFORETOKEN_CUBLAS)
    libraries+=("${cublas[@]}")
  else
    echo "cuBLAS is not there: its kernels are left out"
  fi
  rm -f "$build"/with_cublas*

  cd "$root/probe/cuda" || return 1
  local compilers=()
  for source in *.cu; do
    compile "${source%.cu}" &
    compilers+=($!)
  done
  wait "${compilers[@]}"
  if [[ -e $build/failed ]] ||
    ! "$nvcc" "${flags[@]}" "$build"/*.o -o "$build/probe_cuda" "${libraries[@]}"; then
    cat "$build"/*.log
    return 1
  fi
  cat "$build"/*.log
  cd "$root" || return 1
}

start=$SECONDS
program=${PROGRAM:-}
if [[ -z $program ]] || ! "$program" --check --only launch; then
  build_program || {
    echo "the probe did not build"
    exit 3
  }
  program=$build/probe_cuda
fi
echo "ready after $((SECONDS - start)) s"
[[ ${BUILD_ONLY:-} == 1 ]] && exit 0

cd "$root" || exit 3

parts=${PARTS:-launch read copy gemv attention gemm}
failed=0
start=$SECONDS
for part in $parts; do
  timeout 60 "$program" --check --only "$part" || {
    echo "check of $part failed: exit code $?"
    failed=1
  }
done
echo "checked in $((SECONDS - start)) s"
[[ ${CHECK:-} == only ]] && exit "$failed"

# Shares of the time, in hundredths.
declare -A share=([launch]=3 [read]=9 [copy]=9 [gemv]=47 [attention]=19 [gemm]=13)
for part in $parts; do
  budget=$((seconds * ${share[$part]:-10} / 100 + 1))
  timeout $((2 * budget + 20)) "$program" --only "$part" --budget "$budget" \
    --csv "$out/kernels.csv" --json "$out/device.json" \
    --source "foretoken-probe" ${device:+--device-id "$device"} || {
    echo "$part failed: exit code $?"
    failed=1
  }
done
rows=0
[[ -s $out/kernels.csv ]] && rows=$(($(wc -l <"$out/kernels.csv") - 1))
echo "$rows rows in $out/kernels.csv after $SECONDS s"
((rows > 0)) || exit 3
exit "$failed"
