#include "calibrate/row_keys.h"

#include <cmath>

namespace foretoken::calibrate {

std::string device_key(const PoolRow& row) {
  return row.decode != nullptr ? row.decode->request.device->id : row.kernel->device->id;
}

std::string model_key(const PoolRow& row) {
  return row.decode != nullptr ? row.decode->request.llm->id : "";
}

std::string source_key(const PoolRow& row) {
  return row.decode != nullptr ? row.decode->row->source : row.kernel->row->source;
}

std::string shape_key(const PoolRow& row) {
  if (row.kernel == nullptr) return "";
  const KernelRow& k = *row.kernel->row;
  const auto whole = [](double value) { return std::to_string(std::llround(value)); };
  return k.op + " " + whole(k.n) + "x" + whole(k.k) + " " + whole(k.heads_q) + "/" +
         whole(k.heads_kv) + "x" + whole(k.head_dim) + " " + whole(k.experts);
}

}  // namespace foretoken::calibrate
