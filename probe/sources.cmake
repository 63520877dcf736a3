# OpenCL is used where it is there; without it a stand-in says so when asked.
find_package(OpenCL)
set(probe_gpu_sources cuda_plugin.cpp cuda_backend.cpp)
set(probe_gpu_headers
  sample.h gguf_blocks.h gpu_operands.h gpu_plan.h gpu_timing.h gpu_facts.h nvml_reader.h
  cuda_plugin.h cuda_backend.h opencl_backend.h)
set(probe_gpu_libraries fmt::fmt ${CMAKE_DL_LIBS})
if(OpenCL_FOUND)
  list(APPEND probe_gpu_sources
    opencl_device.cpp opencl_source.cpp opencl_bench.cpp opencl_streams.cpp opencl_gemv.cpp
    opencl_backend.cpp)
  list(APPEND probe_gpu_headers opencl_device.h opencl_source.h opencl_bench.h)
  list(APPEND probe_gpu_libraries OpenCL::OpenCL)
else()
  message(STATUS "no OpenCL: its probe is left out")
  list(APPEND probe_gpu_sources opencl_absent.cpp)
endif()

foretoken_library(probe
  SOURCES ${probe_gpu_sources}
  HEADERS ${probe_gpu_headers} cuda/plugin.h
  LINK foretoken::base
  LINK_PRIVATE ${probe_gpu_libraries})

include(cmake/cuda_plugin.cmake)
