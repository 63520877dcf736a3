#pragma once

/// One operator as `foretoken op` asks for it.

#include <span>
#include <string>
#include <string_view>

#include "app/flags.h"
#include "base/number_format.h"
#include "model/weight_scheme.h"
#include "ops/op.h"

namespace foretoken::app {

struct OpKind {
  std::string_view name;
  std::string_view shape;  ///< the flags it reads, for the help
};

std::span<const OpKind> op_kinds();

/// What the flags are looked up in.
struct OpTables {
  const FormatTable& formats;
  const model::SchemeTable& schemes;
};

/// Flags of all kinds together; each kind reads its own.
void add_op_flags(Flags& flags);

/// The operator of kind `kind` ("gemm"). Throws UsageError for an unknown kind or a flag that the
/// kind needs and was not given, Error for a value that cannot be.
ops::Op op_of(const std::string& kind, const Flags& flags, const OpTables& tables);

}  // namespace foretoken::app
