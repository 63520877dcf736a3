#include "app/flags.h"

#include <algorithm>
#include <array>
#include <sstream>
#include <utility>

#include <boost/program_options.hpp>
#include <fmt/format.h>

#include "app/outcome.h"
#include "base/suggest.h"

namespace foretoken::app {

namespace po = boost::program_options;

struct Flags::Impl {
  std::string usage;
  std::string summary;
  po::options_description options{"Flags"};
  po::variables_map values;
  std::vector<std::string> words;
  std::string word_placeholder;
  std::size_t least_words = 0;
  std::size_t most_words = 0;

  /// Every flag with its dashes.
  std::vector<std::string> known() const {
    std::vector<std::string> names;
    for (const auto& option : options.options()) {
      names.push_back("--" + option->long_name());
      const std::string shorter =
          option->canonical_display_name(po::command_line_style::allow_dash_for_short);
      if (shorter.size() == 2 && shorter[0] == '-') names.push_back(shorter);
    }
    return names;
  }
};

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kSingleDash{{
    {"-ctk", "--cache-type-k"},
    {"-ctv", "--cache-type-v"},
    {"-fa", "--flash-attn"},
}};

/// As typed: a one-letter name that the parser hands out without its dash gets it back.
std::string dashed(const std::string& name) {
  if (name.empty() || name.front() == '-') return name;
  return (name.size() == 1 ? "-" : "--") + name;
}

}  // namespace

std::vector<std::string> with_long_flags(const std::vector<std::string>& arguments) {
  std::vector<std::string> changed = arguments;
  for (std::string& argument : changed) {
    for (const auto& [typed, meant] : kSingleDash) {
      if (argument == typed) {
        argument = meant;
      } else if (argument.starts_with(typed) && argument.size() > typed.size() &&
                 argument[typed.size()] == '=') {
        argument = std::string(meant) + argument.substr(typed.size());
      }
    }
  }
  return changed;
}

Flags::Flags(std::string usage, std::string summary) : impl_(std::make_unique<Impl>()) {
  impl_->usage = std::move(usage);
  impl_->summary = std::move(summary);
  add_switch("help,h", "this text");
}

Flags::~Flags() = default;

void Flags::add_switch(const char* names, const char* help) {
  impl_->options.add_options()(names, help);
}

void Flags::add_value(const char* names, const char* placeholder, const char* help) {
  impl_->options.add_options()(names, po::value<std::string>()->value_name(placeholder), help);
}

void Flags::add_values(const char* names, const char* placeholder, const char* help) {
  using Texts = std::vector<std::string>;
  impl_->options.add_options()(names, po::value<Texts>()->composing()->value_name(placeholder),
                               help);
}

void Flags::add_words(std::string placeholder, std::size_t least, std::size_t most) {
  impl_->word_placeholder = std::move(placeholder);
  impl_->least_words = least;
  impl_->most_words = most;
}

bool Flags::parse(const std::vector<std::string>& arguments) {
  try {
    const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    const po::parsed_options parsed = po::command_line_parser(with_long_flags(arguments))
                                          .options(impl_->options)
                                          .style(style)
                                          .run();
    // Words without a flag carry no name; `store` would drop them without a word.
    for (const auto& option : parsed.options) {
      if (option.string_key.empty()) {
        impl_->words.insert(impl_->words.end(), option.value.begin(), option.value.end());
      }
    }
    po::store(parsed, impl_->values);
  } catch (const po::unknown_option& error) {
    const std::string name = dashed(error.get_option_name());
    throw UsageError(fmt::format("unknown flag '{}'{}", name, did_you_mean(name, impl_->known())));
  } catch (const po::multiple_occurrences& error) {
    throw UsageError(fmt::format("flag '{}' is given twice; a comma list asks for several values",
                                 dashed(error.get_option_name())));
  } catch (const po::error& error) {
    throw UsageError(error.what());
  }
  if (given("help")) return false;
  if (impl_->words.size() > impl_->most_words) {
    throw UsageError(fmt::format("unexpected word '{}'", impl_->words[impl_->most_words]));
  }
  if (impl_->words.size() < impl_->least_words) {
    throw UsageError(fmt::format("{} is missing", impl_->word_placeholder));
  }
  return true;
}

bool Flags::given(const char* name) const { return impl_->values.count(name) > 0; }

std::optional<std::string> Flags::find(const char* name) const {
  if (!given(name)) return std::nullopt;
  return impl_->values[name].as<std::string>();
}

std::string Flags::required(const char* name) const {
  if (auto value = find(name)) return *value;
  throw UsageError(fmt::format("{} is missing", written(name)));
}

std::string Flags::text(const char* name, std::string_view otherwise) const {
  return find(name).value_or(std::string(otherwise));
}

std::string Flags::choice(const char* name, const std::vector<std::string>& choices,
                          std::string_view otherwise) const {
  std::string value = text(name, otherwise);
  if (std::find(choices.begin(), choices.end(), value) != choices.end()) return value;
  throw UsageError(fmt::format("{} takes {}; found '{}'{}", written(name), fmt::join(choices, ", "),
                               value, did_you_mean(value, choices)));
}

std::vector<std::string> Flags::all(const char* name) const {
  if (!given(name)) return {};
  return impl_->values[name].as<std::vector<std::string>>();
}

const std::vector<std::string>& Flags::words() const { return impl_->words; }

std::string Flags::written(const char* name) const {
  for (const auto& [typed, meant] : kSingleDash) {
    if (meant.substr(2) == name) return std::string(typed);
  }
  for (const auto& option : impl_->options.options()) {
    if (option->long_name() != name) continue;
    const std::string shorter =
        option->canonical_display_name(po::command_line_style::allow_dash_for_short);
    const bool has_short = shorter.size() == 2 && shorter[0] == '-';
    return has_short ? fmt::format("{} (--{})", shorter, name) : fmt::format("--{}", name);
  }
  return fmt::format("--{}", name);
}

std::string Flags::help() const {
  std::ostringstream flags;
  flags << impl_->options;
  return fmt::format("Usage: {}\n\n{}\n\n{}", impl_->usage, impl_->summary, flags.str());
}

}  // namespace foretoken::app
