#include "probe/cuda_plugin.h"

#include <filesystem>

#include <dlfcn.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"

namespace foretoken::probe {
namespace {

/// Opened wherever it says, or by the loader when it is a bare name; null when it is not there.
void* opened(const std::string& path) {
  const bool bare = path.find('/') == std::string::npos;
  std::error_code ignored;
  if (!bare && !std::filesystem::exists(path, ignored)) return nullptr;
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr && !bare) {
    const char* reason = dlerror();
    throw Error(fmt::format("the CUDA plug-in '{}' cannot be opened: {}", path,
                            reason == nullptr ? "no reason given" : reason));
  }
  return library;
}

template <typename Function>
Function symbol(const CudaPlugin& plugin, const char* name) {
  const auto function = reinterpret_cast<Function>(dlsym(plugin.library.get(), name));
  if (function == nullptr) {
    throw Error(fmt::format("'{}' is no CUDA plug-in: it has no '{}'", plugin.path, name));
  }
  return function;
}

}  // namespace

std::vector<std::string> cuda_plugin_paths(const std::string& variable,
                                           const std::string& program_folder) {
  std::vector<std::string> paths;
  for (std::size_t begin = 0; begin < variable.size();) {
    const std::size_t end = std::min(variable.find(':', begin), variable.size());
    if (end > begin) {
      paths.push_back(std::filesystem::path(variable.substr(begin, end - begin)) / kCudaPluginFile);
    }
    begin = end + 1;
  }
  if (!program_folder.empty()) {
    paths.push_back(std::filesystem::path(program_folder) / kCudaPluginFile);
  }
  paths.emplace_back(kCudaPluginFile);
  return paths;
}

CudaPlugin open_cuda_plugin(const std::vector<std::string>& paths) {
  CudaPlugin plugin;
  for (const std::string& path : paths) {
    if (void* library = opened(path)) {
      plugin.path = path;
      plugin.library = std::shared_ptr<void>(library, [](void* open) { dlclose(open); });
      break;
    }
  }
  if (plugin.library == nullptr) {
    throw Error(fmt::format(
        "the CUDA plug-in is not there (looked for {}): build it with CUDA's compiler, see "
        "docs/probe.md, and put it beside the program or in a folder that FORETOKEN_PLUGINS names",
        fmt::join(paths, ", ")));
  }
  const auto abi = symbol<decltype(&foretoken_cuda_abi)>(plugin, "foretoken_cuda_abi");
  if (abi() != FORETOKEN_CUDA_ABI) {
    throw Error(fmt::format(
        "the CUDA plug-in '{}' is of version {}, this program needs version {}: build it anew",
        plugin.path, abi(), FORETOKEN_CUDA_ABI));
  }
  plugin.describe = symbol<decltype(&foretoken_cuda_describe)>(plugin, "foretoken_cuda_describe");
  plugin.probe = symbol<decltype(&foretoken_cuda_probe)>(plugin, "foretoken_cuda_probe");
  return plugin;
}

}  // namespace foretoken::probe
