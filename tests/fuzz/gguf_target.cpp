#include "tests/fuzz/gguf_target.h"

#include <cmath>
#include <cstdlib>
#include <istream>
#include <streambuf>
#include <string>

#include "base/error.h"
#include "model/gguf_model.h"
#include "model/kv_cache.h"
#include "model/lower.h"
#include "ops/demand.h"

namespace foretoken::test {
namespace {

/// Bytes as a stream, without a copy.
class ViewBuffer : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view bytes) {
    char* const begin = const_cast<char*>(bytes.data());  // never written: no put area
    setg(begin, begin, begin + bytes.size());
  }

 protected:
  pos_type seekoff(off_type offset, std::ios_base::seekdir from,
                   std::ios_base::openmode /*which*/) override {
    if (from != std::ios_base::beg || offset < 0 || offset > egptr() - eback()) return -1;
    setg(eback(), eback() + offset, egptr());
    return offset;
  }
  pos_type seekpos(pos_type at, std::ios_base::openmode which) override {
    return seekoff(static_cast<off_type>(at), std::ios_base::beg, which);
  }
};

struct Formats {
  FormatTable table = FormatTable::read(std::string(FORETOKEN_DATA_DIR) + "/formats");
  model::SchemeTable schemes =
      model::SchemeTable::read(std::string(FORETOKEN_DATA_DIR) + "/formats/schemes", table);
};

const Formats& formats() {
  static const Formats all;
  return all;
}

void require(bool holds) {
  if (!holds) std::abort();
}

void use(const model::GgufModel& model, const model::GgufHeader& header) {
  const FormatTable& table = formats().table;
  double bytes = 0.0;
  for (const model::GgufTensor& tensor : header.tensors) bytes += static_cast<double>(tensor.bytes);
  require(model.weights.total_bytes(table).base() == bytes);
  const FormatId half = table.id_of("F16");
  require(std::isfinite(model::kv_cache_bytes(model.llm, 4096, 2, half, half, table).base()));
  require(std::isfinite(model::parameter_count(model.llm)));
  const model::LoweringOptions options{
      .kv_keys = half, .kv_values = half, .activation_table = half};
  const ops::OpGraph graph = model::lower(model.llm, model.weights, {.context = 4096}, options);
  for (const ops::OpNode& node : graph.nodes()) {
    require(std::isfinite(ops::demand_of(node.op, table).memory().base()));
  }
}

}  // namespace

bool run_gguf(std::string_view bytes) {
  const bool has_data = !bytes.empty() && bytes.back() % 2 != 0;
  const std::uint64_t more = has_data ? std::uint64_t{1} << 40U : 0;
  try {
    ViewBuffer buffer(bytes);
    std::istream in(&buffer);
    model::GgufBytes source(in, bytes.size() + more, "x.gguf");
    const model::GgufFile file{.header = model::read_gguf_header(source, formats().table)};
    use(model::gguf_model(file, formats().table, formats().schemes), file.header);
    return true;
  } catch (const Error& error) {
    require(std::string_view(error.what()).substr(0, 7) == "x.gguf:");
    return false;
  }
}

}  // namespace foretoken::test
