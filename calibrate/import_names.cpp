#include "calibrate/import_names.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include <fmt/format.h>

#include "base/error.h"
#include "calibrate/build_date.h"
#include "calibrate/import_record.h"
#include "calibrate/labels.h"
#include "model/tensors.h"

namespace foretoken::calibrate {
namespace {

/// A file whose count of weights is off by more is not what its name says: vision parts, tied
/// heads written twice and padding stay below.
constexpr double kParamsApart = 0.12;

std::string without(std::string text, std::string_view part) {
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at)) {
    text.erase(at, part.size());
  }
  return text;
}

/// "a (b) c" -> "a c".
std::string without_parentheses(std::string_view text) {
  std::string kept;
  int depth = 0;
  for (const char c : text) {
    if (c == '(') ++depth;
    if (depth == 0) kept += c;
    if (c == ')' && depth > 0) --depth;
  }
  return kept;
}

void add_spelling(std::vector<std::string>& spellings, std::string_view text) {
  const std::string spelling(trimmed(text));
  if (spelling.empty()) return;
  if (std::find(spellings.begin(), spellings.end(), spelling) != spellings.end()) return;
  spellings.push_back(spelling);
}

bool is_back_end(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](unsigned char c) { return std::isalnum(c) != 0; });
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

std::string listed(const std::vector<std::string>& names) {
  return names.empty() ? std::string("nothing") : in_quotes(names.front());
}

bool same_shape(const model::Llm& a, const model::Llm& b) {
  return a.hidden == b.hidden && a.vocab == b.vocab && a.layers == b.layers &&
         a.tied_embeddings == b.tied_embeddings;
}

std::string letters_of(std::string_view text) {
  std::string out;
  for (const char c : lower(text)) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) out += c;
  }
  return out;
}

}  // namespace

std::vector<std::string> device_spellings(std::string_view text) {
  std::vector<std::string> spellings;
  add_spelling(spellings, text);
  if (const std::size_t colon = text.find(": ");
      colon != std::string_view::npos && is_back_end(text.substr(0, colon))) {
    text.remove_prefix(colon + 2);
    add_spelling(spellings, text);
  }
  std::string plain = without(without(without(std::string(text), "(R)"), "(TM)"), "(tm)");
  add_spelling(spellings, plain);
  plain = without_parentheses(plain);
  add_spelling(spellings, plain);
  plain = plain.substr(0, plain.find(" @ "));
  for (const std::string_view with : {" with Radeon", " w/ Radeon"}) {
    plain = plain.substr(0, plain.find(with));
  }
  add_spelling(spellings, plain);
  if (const std::size_t cores = plain.find("-Core Processor"); cores != std::string::npos) {
    plain = plain.substr(0, plain.find_last_of(' ', cores));
    add_spelling(spellings, plain);
  }
  for (const std::string_view end : {" Processor", " CPU", " Graphics"}) {
    if (plain.ends_with(end)) add_spelling(spellings, plain.substr(0, plain.size() - end.size()));
  }
  return spellings;
}

NameFinder::NameFinder(const sim::Library& library, const ImportOptions& options)
    : library_(library), options_(options) {
  if (!options.device.empty()) device_ = &library.devices.find(options.device);
  if (!options.runtime.empty()) runtime_ = library.runtimes.find(options.runtime).id;
  if (!options.model.empty()) {
    model_ = library.models.known(options.model);
    // A file or a misspelt name: rows name models by id, so the catalog must have it.
    if (model_ == nullptr) {
      library.models.find(options.model);
      throw Error(
          fmt::format("'{}' is a file; put it into the models of a data folder (--data) so "
                      "that rows can name it",
                      options.model));
    }
  }
  if (!options.format.empty()) {
    format_ = library.schemes.find(options.format);
    if (format_.empty()) throw Error(fmt::format("unknown weight format '{}'", options.format));
  }
}

const hwdb::Device* NameFinder::device_of(const std::vector<std::string>& names,
                                          const std::string& runtime) const {
  if (device_ != nullptr) return device_;
  const hwdb::Runtime* const known = library_.runtimes.lookup(runtime);
  for (const std::string& name : names) {
    for (const std::string& spelling : device_spellings(name)) {
      const hwdb::Device* const device = library_.devices.lookup(spelling);
      if (device != nullptr && (known == nullptr || known->supports(*device))) return device;
    }
  }
  return nullptr;
}

double NameFinder::params_of(const model::Llm& llm) {
  const auto [entry, is_new] = params_.emplace(llm.id, 0.0);
  if (is_new) entry->second = model::parameter_count(llm);
  return entry->second;
}

const model::Llm* NameFinder::model_by_size(const ForeignDecode& row, std::string& reason) {
  std::vector<const model::Llm*> fits;
  for (const model::Llm& llm : library_.models.all()) {
    if (std::abs(params_of(llm) / *row.params - 1.0) <= row.params_slack) fits.push_back(&llm);
  }
  // "qwen2 7B Q4_K - Medium": the first word names the architecture.
  std::vector<const model::Llm*> family;
  for (const model::Llm* llm : fits) {
    for (const std::string& name : row.models) {
      if (letters_of(name.substr(0, name.find(' '))) == letters_of(llm->family)) {
        family.push_back(llm);
        break;
      }
    }
  }
  if (!family.empty()) fits = family;
  const bool one = !fits.empty() && std::all_of(fits.begin(), fits.end(), [&](const auto* llm) {
    return same_shape(*llm, *fits.front());
  });
  if (one) return fits.front();
  if (fits.empty()) {
    reason = fmt::format("unknown model {} of {:.2f} billion weights; say it with -m",
                         listed(row.models), *row.params / 1e9);
  } else {
    reason = fmt::format("model {} may be '{}' or '{}'; say it with -m", listed(row.models),
                         fits.front()->id, fits.back()->id);
  }
  return nullptr;
}

const model::Llm* NameFinder::model_of(const ForeignDecode& row, std::string& reason) {
  if (model_ != nullptr) return model_;
  if (row.models.empty()) {
    reason = "the file names no model; say it with -m";
    return nullptr;
  }
  const bool counted = row.params && *row.params > 0.0;
  for (const std::string& name : row.models) {
    const model::Llm* const llm = library_.models.known(name);
    if (llm == nullptr) continue;
    if (!counted || std::abs(params_of(*llm) / *row.params - 1.0) < kParamsApart) return llm;
  }
  if (counted) return model_by_size(row, reason);
  reason = fmt::format("unknown model {}; say it with -m", listed(row.models));
  return nullptr;
}

/// The longest end of a name that is a weight format: "Qwen3-8B-UD-Q4_K_XL" -> "UD-Q4_K_XL".
std::string NameFinder::format_of(const std::string& name) const {
  std::string found = library_.schemes.find(name);
  if (found.empty()) {
    // "IQ3_XXS - 3.06 bpw", "Q4_K - Medium (guessed)"
    for (const std::string_view end : {" - ", " ("}) {
      const std::string base = name.substr(0, name.rfind(end));
      if (found.empty() && base.size() < name.size()) found = library_.schemes.find(base);
    }
  }
  constexpr std::size_t kLongestName = 400;
  if (name.size() > kLongestName) return found;
  for (std::size_t i = 1; i < name.size() && found.empty(); ++i) {
    const char before = name[i - 1];
    if (before != '-' && before != '.' && before != '_' && before != ':') continue;
    found = library_.schemes.find(name.substr(i));
  }
  return found;
}

std::string NameFinder::find_own(ForeignDecode& found) const {
  if (device_ != nullptr) found.row.device = device_->id;
  return {};
}

std::string NameFinder::find(ForeignDecode& found) {
  if (found.own) return find_own(found);
  DecodeRow& row = found.row;
  if (!runtime_.empty()) row.runtime = runtime_;
  if (library_.runtimes.lookup(row.runtime) == nullptr) {
    return fmt::format("unknown runtime {}; say it with --runtime", in_quotes(row.runtime));
  }
  const hwdb::Device* const device = device_of(found.devices, row.runtime);
  if (device == nullptr) {
    return found.devices.empty()
               ? std::string("the file names no device; say it with -d")
               : fmt::format("unknown device {}; say it with -d", in_quotes(found.devices.back()));
  }
  row.device = device->id;
  row.device_class = lower(hwdb::text_of(device->device_class));
  std::string reason;
  const model::Llm* const llm = model_of(found, reason);
  if (llm == nullptr) return reason;
  row.model = llm->id;
  row.weight_format = format_;
  for (const std::string& name : found.formats) {
    if (row.weight_format.empty()) row.weight_format = format_of(name);
  }
  if (row.weight_format.empty() && found.published_precision) {
    row.weight_format = llm->default_format.empty() ? "BF16" : llm->default_format;
    add_label(row.label, "format-assumed");
  }
  if (row.weight_format.empty()) {
    return found.formats.empty() ? std::string("the file names no weight format; say it with -q")
                                 : fmt::format("unknown weight format {}; say it with -q",
                                               in_quotes(found.formats.back()));
  }
  if (device->device_class != hwdb::DeviceClass::Cpu) {
    row.threads = 0;
    if (found.layers_on_device >= 0.0 &&
        found.layers_on_device < static_cast<double>(llm->layers.size())) {
      add_label(row.label, "partial-offload");
    }
  }
  if (options_.ranks > 1) {
    row.n_devices = options_.ranks;
    row.parallelism = fmt::format("tp{}", options_.ranks);
  }
  row.build_year = build_year_of(row.runtime, row.runtime_version);
  return {};
}

std::string NameFinder::find(ForeignKernel& found) {
  KernelRow& row = found.row;
  const bool own = found.devices.empty() && !row.device.empty();
  if (!own && !runtime_.empty()) row.runtime = runtime_;
  const hwdb::Device* const device = own && device_ == nullptr
                                         ? library_.devices.lookup(row.device)
                                         : device_of(found.devices, row.runtime);
  if (device == nullptr) {
    if (own) return fmt::format("unknown device {}; say it with -d", in_quotes(row.device));
    return found.devices.empty()
               ? std::string("the file names no device; say it with -d")
               : fmt::format("unknown device {}; say it with -d", in_quotes(found.devices.back()));
  }
  if (own) {
    if (device_ != nullptr) row.device = device_->id;
    return {};
  }
  row.device = device->id;
  return {};
}

}  // namespace foretoken::calibrate
