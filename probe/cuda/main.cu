// A front end of the plug-in's functions alone, for machines with nothing but CUDA's compiler:
// writes the product's kernel CSV, which `foretoken import` reads, and the device's facts as JSON.
// Built by scripts/probe_cuda.sh; empty in the plug-in.

#ifdef FORETOKEN_PROBE_MAIN

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>

#include "probe/cuda/plugin.h"

namespace {

struct Options {
  std::string csv;
  std::string json;
  std::string device_id;  ///< of data/devices; empty: as the driver calls it
  std::string source = "foretoken-probe";
  std::string only;
  double budget_seconds = 60;
  int device = 0;
  bool quick = false;
  bool check = false;
};

constexpr const char* kUsage =
    "usage: probe_cuda [--csv FILE] [--json FILE] [--device-id ID] [--source NAME]\n"
    "                  [--only PART OF A KERNEL'S NAME] [--budget SECONDS] [--device NUMBER]\n"
    "                  [--quick] [--check]\n"
    "--csv adds rows to FILE; --check compares results with the reference and times nothing.\n";

[[noreturn]] void refuse(const std::string& fault) {
  throw std::runtime_error(fault + "\n" + kUsage);
}

Options read_options(int count, char** words) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    if (word == "--quick") {
      options.quick = true;
      continue;
    }
    if (word == "--check") {
      options.check = true;
      continue;
    }
    if (i + 1 == count) refuse("'" + word + "' is unknown or lacks its value");
    const std::string value = words[++i];
    char* end = nullptr;
    const double number = std::strtod(value.c_str(), &end);
    const bool is_number = !value.empty() && *end == '\0';
    if (word == "--csv") {
      options.csv = value;
    } else if (word == "--json") {
      options.json = value;
    } else if (word == "--device-id") {
      options.device_id = value;
    } else if (word == "--source") {
      options.source = value;
    } else if (word == "--only") {
      options.only = value;
    } else if (word == "--budget" && is_number) {
      options.budget_seconds = number;
    } else if (word == "--device" && is_number) {
      options.device = static_cast<int>(number);
    } else {
      refuse("'" + word + " " + value + "' is unknown or no number");
    }
  }
  return options;
}

/// Rows as they come: what was measured before a fault stays.
class Output {
 public:
  Output(const Options& options, std::string device) : options_(options), device_(device) {
    if (options.csv.empty()) return;
    file_ = std::fopen(options.csv.c_str(), "a");
    if (file_ == nullptr) throw std::runtime_error("cannot write '" + options.csv + "'");
    std::fseek(file_, 0, SEEK_END);
    if (std::ftell(file_) > 0) return;
    std::fputs(
        "row_id,source,device,runtime,runtime_version,kernel,op,weight_format,activation_format,"
        "kv_format,m,n,k,batch,heads_q,heads_kv,head_dim,kv_len,experts,experts_active,tp,ep,"
        "routing,latency_us,bytes,footprint_over_llc,label,notes\n",
        file_);
    std::fflush(file_);
  }
  ~Output() {
    if (file_ != nullptr) std::fclose(file_);
  }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  void add(const foretoken_cuda_sample& s, double l2_bytes) {
    ++count_;
    if (s.error > largest_error_) largest_error_ = s.error;
    if (s.check_only == 0 && !options_.check) print(s);
    if (file_ == nullptr || options_.check) return;
    static const char* const kOps[] = {"read", "copy", "gemv", "attention", "launch"};
    std::fprintf(file_, ",%s,%s,foretoken-probe,,%s,%s,%s,%s,%s,", options_.source.c_str(),
                 device_.c_str(), s.name, kOps[s.kernel], text(s.weight_format),
                 text(s.activation_format), text(s.kv_format));
    const double batch = s.kernel == FORETOKEN_CUDA_ATTENTION ? 1 : 0;
    const double m = s.kernel == FORETOKEN_CUDA_ATTENTION ? 0 : s.m;
    for (const double value : {m, s.n, s.k, batch, s.heads_q, s.heads_kv, s.head_dim, s.kv_len}) {
      if (value > 0) std::fprintf(file_, "%.0f", value);
      std::fputc(',', file_);
    }
    std::fprintf(file_, ",,1,1,,%.9g,", s.seconds * 1e6);
    if (s.bytes > 0) std::fprintf(file_, "%.0f", s.bytes);
    std::fputc(',', file_);
    if (s.footprint > 0 && l2_bytes > 0) std::fprintf(file_, "%.6g", s.footprint / l2_bytes);
    std::fprintf(file_, ",%s,spread %.4g;repeats %d", s.noisy != 0 ? "noisy" : "", s.spread,
                 s.repeats);
    if (s.clock_hertz > 0) std::fprintf(file_, ";clock %.0f MHz", s.clock_hertz * 1e-6);
    if (s.memory_clock_hertz > 0) {
      std::fprintf(file_, ";memory clock %.0f MHz", s.memory_clock_hertz * 1e-6);
    }
    if (s.watts > 0) std::fprintf(file_, ";watts %.1f", s.watts);
    if (s.kernel != FORETOKEN_CUDA_LAUNCH) std::fprintf(file_, ";error %.3g", s.error);
    std::fputc('\n', file_);
    std::fflush(file_);
  }
  void warn(const char* sentence) {
    ++warnings_;
    std::printf("warning: %s\n", sentence);
  }
  int count() const { return count_; }
  int warnings() const { return warnings_; }
  double largest_error() const { return largest_error_; }

 private:
  static const char* text(const char* or_null) { return or_null == nullptr ? "" : or_null; }
  static void print(const foretoken_cuda_sample& s) {
    std::printf(
        "%-22s m %-2.0f n %-6.0f k %-6.0f heads %2.0f/%-2.0f kv %-6.0f of %7.1f MB %10.2f us %8.1f "
        "GB/s"
        " spread %.3f error %.1e %s%.0f MHz %.0f W\n",
        s.name, s.m, s.n, s.k, s.heads_q, s.heads_kv, s.kv_len, s.footprint * 1e-6, s.seconds * 1e6,
        s.seconds > 0 ? s.bytes / s.seconds * 1e-9 : 0, s.spread, s.error,
        s.noisy != 0 ? "noisy " : "", s.clock_hertz * 1e-6, s.watts);
  }

  const Options& options_;
  std::string device_;
  std::FILE* file_ = nullptr;
  int count_ = 0;
  int warnings_ = 0;
  double largest_error_ = 0;
};

struct User {
  Output* output;
  double l2_bytes;
};

void write_json(const std::string& path, const foretoken_cuda_device& f) {
  std::FILE* file = std::fopen(path.c_str(), "w");
  if (file == nullptr) throw std::runtime_error("cannot write '" + path + "'");
  std::fprintf(file, "{\n  \"name\": \"%s\",\n  \"pci_bus_id\": \"%s\",\n  \"driver\": \"%s\",\n",
               f.name, f.pci_bus_id, f.driver);
  const struct {
    const char* key;
    long long value;
  } numbers[] = {{"driver_cuda_version", f.driver_version},
                 {"runtime_version", f.runtime_version},
                 {"compute_major", f.compute_major},
                 {"compute_minor", f.compute_minor},
                 {"multiprocessors", f.multiprocessors},
                 {"memory_bus_bits", f.memory_bus_bits},
                 {"integrated", f.integrated},
                 {"ecc", f.ecc},
                 {"clock_hertz", f.clock_hertz},
                 {"memory_clock_hertz", f.memory_clock_hertz},
                 {"l2_bytes", f.l2_bytes},
                 {"shared_bytes", f.shared_bytes},
                 {"memory_bytes", f.memory_bytes}};
  for (const auto& number : numbers) {
    std::fprintf(file, "  \"%s\": %lld,\n", number.key, number.value);
  }
  std::fprintf(file, "  \"free_bytes\": %lld\n}\n", static_cast<long long>(f.free_bytes));
  std::fclose(file);
}

int run(int count, char** words) {
  const Options options = read_options(count, words);
  foretoken_cuda_device facts{};
  if (const char* error = foretoken_cuda_describe(options.device, &facts)) {
    throw std::runtime_error(error);
  }
  if (!options.json.empty()) write_json(options.json, facts);
  const std::string device = options.device_id.empty() ? facts.name : options.device_id;
  if ((device + options.source).find_first_of(",\"\n") != std::string::npos) {
    throw std::runtime_error("names of the device and the source cannot hold commas or quotes");
  }
  Output output(options, device);
  User user{&output, static_cast<double>(facts.l2_bytes)};

  foretoken_cuda_request request{};
  request.abi = FORETOKEN_CUDA_ABI;
  request.device = options.device;
  request.budget_seconds = options.budget_seconds;
  request.quick = options.quick ? 1 : 0;
  request.check_only = options.check ? 1 : 0;
  request.only = options.only.c_str();
  request.user = &user;
  request.on_sample = [](void* to, const foretoken_cuda_sample* sample) {
    const auto* with = static_cast<User*>(to);
    with->output->add(*sample, with->l2_bytes);
  };
  request.on_warning = [](void* to, const char* sentence) {
    static_cast<User*>(to)->output->warn(sentence);
  };
  if (const char* error = foretoken_cuda_probe(&request)) throw std::runtime_error(error);
  std::printf("%d kernels of '%s', largest error %.2e, %d warnings\n", output.count(),
              options.only.c_str(), output.largest_error(), output.warnings());
  return options.check && output.warnings() > 0 ? 1 : 0;
}

}  // namespace

int main(int count, char** words) {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // what was printed stays when time runs out
  try {
    return run(count, words);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "probe_cuda: %s\n", error.what());
    return 3;
  }
}

#endif
