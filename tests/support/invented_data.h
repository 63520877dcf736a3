#pragma once

/// A data folder of invented files on disk, as `read_library` takes it: two GPUs of one
/// architecture, a CPU, one runtime, three models, three formats, two laws.

#include <string>
#include <string_view>

#include "sim/library.h"
#include "sim/request.h"
#include "tests/support/invented_constants.h"
#include "tests/support/invented_device.h"
#include "tests/support/invented_formats.h"
#include "tests/support/invented_law.h"
#include "tests/support/invented_models.h"
#include "tests/support/invented_runtime.h"
#include "tests/support/temp_folder.h"

namespace foretoken::test {

class InventedData {
 public:
  InventedData() {
    add_device({});
    add_device({.id = "bigger-anvil", .gigabytes_per_second = 2000});
    add_device({.id = "bellow", .device_class = "cpu", .gigabytes_per_second = 100, .cores = 10});
    folder_.write("runtimes/plain.yaml", kRuntimeText);
    add_model(dense_text());
    folder_.write("models/eightfold.yaml", kMoeText);
    folder_.write("models/windowed.yaml", kWindowText);
    folder_.write("formats/invented.yaml", kFormatsText);
    folder_.write("formats/schemes/invented.yaml", kSchemesText);
    folder_.write("constants/energy.yaml", kEnergyConstantsText);
    folder_.write("laws/forge.yaml", kLawText);
    folder_.write("laws/bellows.yaml", kCpuLawText);
  }

  void add_device(const DeviceSketch& sketch) {
    folder_.write("devices/" + sketch.id + ".yaml", device_text(sketch));
  }
  void add_model(const std::string& text) {
    const model::Llm llm = model::parse_llm(text, "invented");
    folder_.write("models/" + llm.id + ".yaml", text);
  }
  /// Writes a file and returns its path.
  std::string write(std::string_view name, std::string_view text) const {
    return folder_.write(name, text);
  }
  const std::string& path() const { return folder_.path(); }
  sim::Library library() const { return sim::read_library({path()}); }

 private:
  TempFolder folder_;
};

/// Without a measurement, read once.
inline const sim::Library& invented_library() {
  static const sim::Library library = InventedData().library();
  return library;
}

/// The dense model, 16-bit, on the 1 TB/s machine, with 998 cached tokens on average.
inline sim::Request invented_request(const sim::Library& library) {
  sim::Request request;
  request.llm = library.models.known("tenfold");
  request.device = library.devices.lookup("anvil");
  request.runtime = library.runtimes.lookup("plain");
  request.scheme = "half";
  request.context_start = 934;
  request.gen_tokens = 128;
  return request;
}

}  // namespace foretoken::test
