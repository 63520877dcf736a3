# OpenCL is used where it is there; without it a stand-in says so when asked.
find_package(OpenCL)
set(probe_gpu_sources cuda_plugin.cpp cuda_backend.cpp)
set(probe_gpu_headers
  gguf_blocks.h gpu_operands.h gpu_plan.h gpu_timing.h gpu_facts.h nvml_reader.h
  cuda_plugin.h cuda_backend.h opencl_backend.h cuda/plugin.h)
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

# So is ggml: the libraries and headers that its own build, or llama.cpp's, installs. Headers that
# include its own are private to the backend and not listed.
find_package(ggml QUIET)
set(probe_ggml_sources ggml_plan.cpp row_pattern.cpp)
set(probe_ggml_headers ggml_plan.h row_pattern.h ggml_cases.h ggml_backend.h)
set(probe_ggml_libraries "")
if(TARGET ggml::ggml)
  message(STATUS "ggml ${ggml_VERSION}: its kernels can be probed")
  list(APPEND probe_ggml_sources
    ggml_processor.cpp ggml_memory.cpp ggml_kernel.cpp ggml_cases.cpp ggml_backend.cpp)
  # Some versions name a library without those that it is made of.
  foreach(part IN ITEMS ggml ggml-base)
    if(TARGET ggml::${part})
      list(APPEND probe_ggml_libraries ggml::${part})
    endif()
  endforeach()
else()
  message(STATUS "no ggml: the probe of its kernels is left out")
  list(APPEND probe_ggml_sources ggml_absent.cpp)
endif()

find_package(hwy REQUIRED)

foretoken_library(probe
  SOURCES
    weight_data.cpp gemv.cpp gemv_plain.cpp gemv_float.cpp gemv_block.cpp gemv_super_block.cpp
    gemv_interleaved.cpp interleaved.cpp streams.cpp attention.cpp thread_team.cpp statistics.cpp timing.cpp core_clock.cpp energy_counters.cpp
    system_file.cpp memory_pool.cpp cpuinfo.cpp system_text.cpp dmi_memory.cpp host.cpp
    cpu_names.cpp describe.cpp describe_gpu.cpp device_text.cpp cpu_plan.cpp cpu_kernel.cpp cpu_rounds.cpp cpu_probe.cpp
    ${probe_gpu_sources} ${probe_ggml_sources}
  HEADERS
    sample.h number_bits.h blocks.h weight_format.h weight_data.h gemv.h gemv_kernels.h
    interleaved.h streams.h attention.h thread_team.h statistics.h timing.h core_clock.h energy_counters.h
    system_file.h memory_pool.h cpuinfo.h system_text.h dmi_memory.h host.h cpu_names.h
    describe.h describe_gpu.h cpu_plan.h cpu_kernel.h cpu_rounds.h cpu_probe.h ${probe_gpu_headers} ${probe_ggml_headers}
  LINK foretoken::hwdb
  LINK_PRIVATE hwy::hwy Threads::Threads ${probe_gpu_libraries} ${probe_ggml_libraries})
# Vectors whose length is known only at run time do not fit into blocks of 32 bytes: such machines
# run the kernels of fixed length.
target_compile_definitions(foretoken_probe PRIVATE
  "HWY_DISABLED_TARGETS=(HWY_RVV|HWY_SVE|HWY_SVE2|HWY_SVE_256|HWY_SVE2_128)")

if(TARGET ggml::ggml)
  target_compile_definitions(foretoken_probe PRIVATE FORETOKEN_GGML_VERSION="${ggml_VERSION}")
  # Its headers may lie where only its base library says.
  if(GGML_INCLUDE_DIR)
    target_include_directories(foretoken_probe SYSTEM PRIVATE ${GGML_INCLUDE_DIR})
  endif()
endif()

include(cmake/cuda_plugin.cmake)
