#include "validate/row_lines.h"

#include "calibrate/row_keys.h"
#include "validate/grouping.h"

namespace foretoken::validate {
namespace {

RowLine line_of(const ScoredRow& scored, const std::string& fold) {
  const calibrate::PoolRow& row = *scored.row;
  RowLine line{.fold = fold,
               .pool = scored.pool->name,
               .device = calibrate::device_key(row),
               .source = calibrate::source_key(row),
               .fitted = row.fitted,
               .measured = scored.measured,
               .predicted = scored.predicted,
               .below = scored.below,
               .ln_width = scored.ln_width};
  if (row.decode != nullptr) {
    const sim::Request& request = row.decode->request;
    line.row_id = row.decode->row->row_id;
    line.runtime = request.runtime->id;
    line.what = request.llm->id;
    line.arch_class = request.llm->arch_class;
    line.format = request.scheme;
    line.label = row.decode->label;
    line.clean =
        row.energy != nullptr ? calibrate::energy_counts(*row.decode) : row.decode->clean();
    line.batch = request.batch;
    line.context = request.mean_context();
  } else {
    const calibrate::KernelRow& kernel = *row.kernel->row;
    line.row_id = kernel.row_id;
    line.runtime = kernel.runtime;
    line.what = operator_key(scored);
    line.format = kernel.weight_format.empty() ? kernel.kv_format : kernel.weight_format;
    line.label = row.kernel->label;
    line.clean = row.kernel->clean();
    line.batch = kernel.m > 0.0 ? kernel.m : kernel.batch;
    line.context = kernel.kv_len;
  }
  return line;
}

}  // namespace

void add_row_lines(const std::deque<ScoredRow>& scored, const std::string& fold, bool kernels,
                   std::vector<RowLine>& lines) {
  for (const ScoredRow& row : scored) {
    if ((row.row->kernel != nullptr) == kernels) lines.push_back(line_of(row, fold));
  }
}

}  // namespace foretoken::validate
