#include "app/op_question.h"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include "app/outcome.h"
#include "app/values.h"
#include "base/error.h"
#include "base/suggest.h"

namespace foretoken::app {
namespace {

constexpr NumberRange kSize{1, 1e9};
constexpr NumberRange kLength{0, 1e9};
constexpr NumberRange kMessage{1, 1e15};

/// Reads the sizes of one operator.
class Shape {
 public:
  Shape(const Flags& flags, const OpTables& tables) : flags_(flags), tables_(tables) {}

  double size(const char* name) const {
    return whole_number(flags_.written(name), flags_.required(name), kSize);
  }
  double size(const char* name, double otherwise) const {
    return flags_.given(name) ? size(name) : otherwise;
  }
  double length(const char* name) const {
    return whole_number(flags_.written(name), flags_.required(name), kLength);
  }
  double message(const char* name) const {
    return whole_number(flags_.written(name), flags_.required(name), kMessage);
  }
  FormatId format(const char* name, const char* otherwise) const {
    const std::string text =
        otherwise == nullptr ? flags_.required(name) : flags_.text(name, otherwise);
    FormatId id{};
    if (tables_.formats.find(text, id)) return id;
    if (!tables_.schemes.find(text).empty()) {
      throw Error(fmt::format("'{}' is a mix of number formats; one operator has one of them{}",
                              text, did_you_mean(text, tables_.formats.names())));
    }
    return tables_.formats.id_of(text);  // throws with a suggestion
  }

 private:
  const Flags& flags_;
  const OpTables& tables_;
};

ops::Op gemm(const Shape& s) {
  return ops::Gemm{.m = s.size("tokens", 1),
                   .n = s.size("outputs"),
                   .k = s.size("inputs"),
                   .weights = s.format("format", nullptr)};
}

ops::Op moe(const Shape& s) {
  const double experts = s.size("experts");
  const double chosen = s.size("experts-per-token");
  if (chosen > experts) {
    throw Error(fmt::format("--experts-per-token is {}, more than the {} experts there are", chosen,
                            experts));
  }
  return ops::ExpertGemm{.m = s.size("tokens", 1),
                         .n = s.size("outputs"),
                         .k = s.size("inputs"),
                         .experts = experts,
                         .experts_per_token = chosen,
                         .weights = s.format("format", nullptr)};
}

ops::Op attention(const Shape& s) {
  const double heads = s.size("heads");
  const double kv_heads = s.size("kv-heads", heads);
  if (kv_heads > heads) {
    throw Error(fmt::format("--kv-heads is {}, more than the {} heads there are", kv_heads, heads));
  }
  const double head_dim = s.size("head-dim");
  const FormatId keys = s.format("cache-type-k", "F16");
  return ops::Attention{.batch = s.size("batch", 1),
                        .queries = s.size("queries", 1),
                        .heads = heads,
                        .kv_heads = kv_heads,
                        .head_dim = head_dim,
                        .value_dim = s.size("value-dim", head_dim),
                        .kv_len = s.length("kv-len"),
                        .keys = keys,
                        .values = s.format("cache-type-v", "F16")};
}

ops::Op mla(const Shape& s) {
  return ops::LatentAttention{.batch = s.size("batch", 1),
                              .queries = s.size("queries", 1),
                              .heads = s.size("heads"),
                              .rank = s.size("rank", 512),
                              .rope_dim = s.size("rope-dim", 64),
                              .kv_len = s.length("kv-len"),
                              .kv = s.format("cache-type-k", "F16")};
}

ops::Op recurrence(const Shape& s) {
  return ops::Recurrence{
      .batch = s.size("batch", 1), .tokens = s.size("tokens", 1), .state = s.size("state")};
}

ops::Op norm(const Shape& s) {
  return ops::Elementwise{.values = s.size("tokens", 1) * s.size("hidden")};
}

ops::Op gather(const Shape& s) {
  return ops::Gather{.rows = s.size("tokens", 1),
                     .row_length = s.size("hidden"),
                     .table = s.format("format", "F16")};
}

ops::Op all_reduce(const Shape& s) {
  return ops::AllReduce{.bytes = s.message("bytes"), .ranks = s.size("ranks")};
}

struct Reader {
  OpKind kind;
  ops::Op (*read)(const Shape&);
};

constexpr std::array kReaders{
    Reader{{"gemm", "-M tokens -N outputs -K inputs -q FORMAT"}, gemm},
    Reader{{"attention", "--heads --kv-heads --head-dim --kv-len [-b] [-ctk] [-ctv]"}, attention},
    Reader{{"moe", "-M -N -K --experts --experts-per-token -q FORMAT"}, moe},
    Reader{{"mla", "--heads --kv-len [--rank] [--rope-dim] [-b] [-ctk]"}, mla},
    Reader{{"recurrence", "--state elements [-b] [-M]"}, recurrence},
    Reader{{"norm", "-M tokens --hidden width"}, norm},
    Reader{{"gather", "-M rows --hidden width [-q FORMAT]"}, gather},
    Reader{{"allreduce", "--bytes --ranks"}, all_reduce},
};

constexpr auto kKinds = [] {
  std::array<OpKind, kReaders.size()> kinds{};
  for (std::size_t i = 0; i < kinds.size(); ++i) kinds[i] = kReaders[i].kind;
  return kinds;
}();

}  // namespace

std::span<const OpKind> op_kinds() { return kKinds; }

void add_op_flags(Flags& flags) {
  flags.add_value("tokens,M", "N", "token rows (default 1)");
  flags.add_value("outputs,N", "N", "outputs of the matrix");
  flags.add_value("inputs,K", "N", "inputs of the matrix");
  flags.add_value("format,q", "FORMAT", "number format of the weights, like Q4_K, fp8");
  flags.add_value("experts", "N", "experts in all");
  flags.add_value("experts-per-token", "N", "experts that each token goes through");
  flags.add_value("batch,b", "N", "sequences (default 1)");
  flags.add_value("queries", "N", "new tokens a sequence (default 1)");
  flags.add_value("heads", "N", "query heads");
  flags.add_value("kv-heads", "N", "key and value heads (default: as many as heads)");
  flags.add_value("head-dim", "N", "elements of a head");
  flags.add_value("value-dim", "N", "elements of a value head (default: --head-dim)");
  flags.add_value("kv-len", "N", "cached tokens");
  flags.add_value("cache-type-k", "F", "format of cached keys; also -ctk (default F16)");
  flags.add_value("cache-type-v", "F", "format of cached values; also -ctv (default F16)");
  flags.add_value("rank", "N", "latent width of MLA (default 512)");
  flags.add_value("rope-dim", "N", "rope width of MLA (default 64)");
  flags.add_value("state", "N", "elements of recurrent state a sequence");
  flags.add_value("hidden", "N", "width of a token row");
  flags.add_value("bytes", "N", "message size");
  flags.add_value("ranks", "N", "devices that take part");
}

ops::Op op_of(const std::string& kind, const Flags& flags, const OpTables& tables) {
  for (const Reader& reader : kReaders) {
    if (reader.kind.name == kind) return reader.read(Shape(flags, tables));
  }
  std::vector<std::string> known;
  for (const Reader& reader : kReaders) known.emplace_back(reader.kind.name);
  throw UsageError(fmt::format("unknown operator '{}'; expected one of: {}{}", kind,
                               fmt::join(known, ", "), did_you_mean(kind, known)));
}

}  // namespace foretoken::app
