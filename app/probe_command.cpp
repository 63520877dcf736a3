#include <chrono>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "app/command.h"
#include "app/data_folders.h"
#include "app/probe_backends.h"
#include "app/probe_describe.h"
#include "app/probe_rows.h"
#include "app/probe_text.h"
#include "app/values.h"
#include "base/error.h"
#include "calibrate/row_store.h"

namespace foretoken::app {
namespace {

namespace fs = std::filesystem;

constexpr NumberRange kThreads{1, 1024};
constexpr double kUsualSeconds = 60.0;
constexpr double kQuickSeconds = 3.0;

/// "2026-08-31T10:20:30Z".
std::string utc_now() {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto day = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(now - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count());
}

ProbeRequest request_of(const Flags& flags) {
  ProbeRequest request{.threads = {}, .seconds = kUsualSeconds, .quick = flags.given("quick")};
  if (request.quick) request.seconds = kQuickSeconds;
  if (const auto seconds = flags.find("seconds")) {
    request.seconds = plain_number(flags.written("seconds"), *seconds, kProbeSeconds);
  }
  if (const auto threads = flags.find("threads")) {
    for (const double count : whole_numbers(flags.written("threads"), *threads, kThreads)) {
      request.threads.push_back(static_cast<int>(count));
    }
  }
  return request;
}

calibrate::RowStore store_at(const std::string& path) {
  std::error_code unknown;
  return fs::exists(path, unknown) ? calibrate::read_row_store(path) : calibrate::RowStore{};
}

Probed run_backend(const ProbeBackend& backend, const ProbeRequest& request,
                   const sim::Library& library, Console& console) {
  Probed probed = backend.run(
      request, library, [&](std::size_t done, std::size_t all, const std::string& what) {
        console.progress(fmt::format("{} {}", backend.name, what), done, all);
      });
  console.end_progress();
  return probed;
}

/// All backends asked for. Of "all", those that this machine has not are only noted, unless none
/// is left.
std::vector<Probed> run_backends(const std::string& wanted, const ProbeRequest& request,
                                 const sim::Library& library, Console& console) {
  std::vector<Probed> all;
  for (const ProbeBackend& backend : probe_backends()) {
    if (wanted != "all" && wanted != backend.name) continue;
    try {
      all.push_back(run_backend(backend, request, library, console));
    } catch (const Error& error) {
      console.end_progress();
      if (wanted != "all") throw;
      console.note(fmt::format("{}: {}", backend.name, error.what()));
    }
  }
  if (all.empty()) throw Error("nothing on this machine can be probed");
  return all;
}

/// What 'probe --describe' needs to describe the device that a backend times.
std::string describing_flags(const std::string& backend) {
  const bool processor = backend == "cpu" || backend == "ggml";
  return processor ? "" : " --backend " + backend;
}

void add_rows(const std::string& path, const std::vector<Probed>& all, Console& console) {
  // Read again: another command may have added rows meanwhile.
  calibrate::RowStore store = store_at(path);
  const std::string time = utc_now();
  std::size_t added = 0;
  for (const Probed& probed : all) {
    for (auto& row : probe_rows(probed, time)) {
      store.kernels.push_back(std::move(row));
      ++added;
    }
  }
  if (store.kernels.size() > calibrate::kMostStoredRows) {
    throw Error(fmt::format("{}: {} operator rows; a store holds at most {}", path,
                            store.kernels.size(), calibrate::kMostStoredRows));
  }
  calibrate::write_row_store(path, store);
  console.print(fmt::format("\n{} rows added to {}, which holds {} decode and {} operator rows\n",
                            added, path, store.decode.size(), store.kernels.size()));
}

Outcome probe_into_store(const Flags& flags, Console& console) {
  const std::string path = flags.required("output");
  const ProbeRequest request = request_of(flags);
  const std::string wanted = flags.choice("backend", backend_choices(), "cpu");
  const auto device = flags.find("device");
  if (device && wanted == "all") {
    throw UsageError("--backend all probes several devices; -d names one of them");
  }
  const sim::Library library = sim::read_library(data_folders(flags), false);
  require_parent(path);
  store_at(path);
  std::vector<Probed> all = run_backends(wanted, request, library, console);
  for (Probed& probed : all) {
    if (device) probed.device = *device;
    const hwdb::Device* const known = library.devices.lookup(probed.device);
    if (known != nullptr) probed.device = known->id;
    console.print(probe_text(probed.findings));
    for (const std::string& warning : probed.findings.warnings) console.note(warning);
    if (known == nullptr) {
      console.note(
          fmt::format("No device file has the name '{}'; 'foretoken probe --describe -o "
                      "mine/devices/{}.yaml{}' writes one.",
                      probed.device, probed.device, describing_flags(probed.findings.backend)));
    }
  }
  add_rows(path, all, console);
  return Outcome::Done;
}

}  // namespace

Outcome run_probe(const Arguments& arguments, Console& console) {
  Flags flags("foretoken probe -o STORE.h5 [-d DEVICE] | foretoken probe --describe [-o FILE.yaml]",
              "Times real kernels on this machine, in about a minute, and adds them to a store: "
              "memory\nstreams, matrix times vector in quantized formats, decode attention, the "
              "cost of a launch.\nWith --describe it writes a device file of the processor or GPU "
              "instead, each fact marked\nas told, measured or assumed.");
  flags.add_value("output,o", "FILE", "the store that rows are added to, or the device file");
  flags.add_value("device,d", "DEVICE", "id of this device (default: by what the system tells)");
  flags.add_value("backend", "B",
                  "cpu (default), ggml, cuda, opencl, or all that this machine has");
  flags.add_value("threads,t", "N,..", "numbers of threads (default: powers of two to all)");
  flags.add_value("seconds", "S", "how long to measure, about (default 60; 3 with --quick)");
  flags.add_switch("quick", "few cases, to see that all works");
  flags.add_switch("describe", "write a device file instead of timing kernels");
  add_data_flag(flags);
  if (!flags.parse(arguments)) {
    console.print(flags.help());
    return Outcome::Done;
  }
  return flags.given("describe") ? describe_machine(flags, console)
                                 : probe_into_store(flags, console);
}

}  // namespace foretoken::app
