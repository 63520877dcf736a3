# foretoken_cuda.so, the plug-in that measures NVIDIA GPUs: built where there is a CUDA compiler,
# beside the program, which opens it at run time and needs neither it nor CUDA to build or to run.
# The same by hand:
#   nvcc -O3 -std=c++17 -arch=native -shared -Xcompiler -fPIC -I. probe/cuda/*.cu -o foretoken_cuda.so

option(FORETOKEN_CUDA "Build the CUDA plug-in where there is a CUDA compiler" ON)
option(FORETOKEN_CUBLAS "Let the CUDA plug-in measure cuBLAS too, and so depend on it" OFF)

if(NOT FORETOKEN_CUDA OR FORETOKEN_BUILD_FUZZ)  # nvcc does not know the fuzzers' options
  return()
endif()
include(CheckLanguage)
check_language(CUDA)
if(NOT CMAKE_CUDA_COMPILER)
  message(STATUS "no CUDA compiler: the plug-in that measures NVIDIA GPUs is left out")
  return()
endif()
# Machine code for this machine's GPU; where it has none, code that a driver finishes for any.
if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)
  set(CMAKE_CUDA_ARCHITECTURES 75-virtual)
  find_program(FORETOKEN_NVIDIA_SMI nvidia-smi)
  mark_as_advanced(FORETOKEN_NVIDIA_SMI)
  if(FORETOKEN_NVIDIA_SMI)
    execute_process(COMMAND ${FORETOKEN_NVIDIA_SMI} --query-gpu=compute_cap --format=csv,noheader
                    OUTPUT_VARIABLE capability ERROR_QUIET)
    if(capability MATCHES "^([0-9]+)\\.([0-9])")
      set(CMAKE_CUDA_ARCHITECTURES ${CMAKE_MATCH_1}${CMAKE_MATCH_2}-real)
    endif()
  endif()
endif()
enable_language(CUDA)
find_package(CUDAToolkit REQUIRED)

add_library(foretoken_cuda MODULE
  probe/cuda/plugin.cu probe/cuda/timing.cu probe/cuda/pool.cu probe/cuda/stream_kernels.cu
  probe/cuda/gemv_blocks.cu probe/cuda/gemv_rows.cu probe/cuda/gemv_jobs.cu
  probe/cuda/attention.cu probe/cuda/attention_jobs.cu probe/cuda/cublas_gemm.cu)
set_target_properties(foretoken_cuda PROPERTIES
  PREFIX "" SUFFIX ".so" CUDA_STANDARD 17 CUDA_STANDARD_REQUIRED ON CUDA_EXTENSIONS OFF
  CUDA_RUNTIME_LIBRARY Static LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
target_include_directories(foretoken_cuda PRIVATE ${CMAKE_SOURCE_DIR})
target_link_libraries(foretoken_cuda PRIVATE ${CMAKE_DL_LIBS})
if(FORETOKEN_CUBLAS)
  target_compile_definitions(foretoken_cuda PRIVATE FORETOKEN_CUBLAS)
  target_link_libraries(foretoken_cuda PRIVATE CUDA::cublas)
endif()
