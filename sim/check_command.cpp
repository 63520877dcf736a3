#include "sim/check_command.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <string_view>
#include <utility>

#include "ops/cores.h"

namespace foretoken::sim {
namespace {

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

/// As a shell takes it for one word.
std::string quoted(const std::string& path) {
  const bool plain = std::all_of(path.begin(), path.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("/._-+=:,@%").find(c) != std::string_view::npos;
  });
  if (plain) return path;
  std::string text = path;
  replace_all(text, "'", "'\\''");
  return "'" + text + "'";
}

std::string whole(double value) { return std::to_string(std::llround(value)); }

}  // namespace

std::string check_command(const Request& request) {
  std::string text = request.runtime->check_command;
  int threads = request.facts.threads;
  if (threads == 0) {
    const bool balanced = request.runtime->balances_cores;
    threads = std::max(1, static_cast<int>(ops::engaged_cores(*request.device, 0, balanced).count));
  }
  const std::array<std::pair<const char*, std::string>, 8> values{{
      {"{model}", request.weights != nullptr ? quoted(request.weights->file) : request.llm->id},
      {"{name}", request.llm->name},
      {"{format}", request.scheme},
      {"{threads}", std::to_string(threads)},
      {"{context}", whole(request.context_start)},
      {"{gen}", whole(request.gen_tokens)},
      {"{batch}", whole(request.batch)},
      {"{tp}", std::to_string(request.ranks)},
  }};
  for (const auto& [key, value] : values) replace_all(text, key, value);
  return text;
}

}  // namespace foretoken::sim
