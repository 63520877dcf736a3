#pragma once

/// The CUDA plug-in, opened at run time so that the program needs neither CUDA nor a GPU.

#include <memory>
#include <string>
#include <vector>

#include "probe/cuda/plugin.h"

namespace foretoken::probe {

constexpr const char* kCudaPluginFile = "foretoken_cuda.so";

/// An open plug-in of the right version.
struct CudaPlugin {
  std::string path;
  std::shared_ptr<void> library;
  decltype(&foretoken_cuda_describe) describe = nullptr;
  decltype(&foretoken_cuda_probe) probe = nullptr;
};

/// Where the plug-in may lie, in order: in the folders of `variable` (FORETOKEN_PLUGINS, divided by
/// colons), beside the program, wherever the loader looks.
std::vector<std::string> cuda_plugin_paths(const std::string& variable,
                                           const std::string& program_folder);

/// The first of the paths that is there. Throws Error when none is, saying what was tried, and when
/// the one found cannot be opened or is of another version.
CudaPlugin open_cuda_plugin(const std::vector<std::string>& paths);

}  // namespace foretoken::probe
