#pragma once

/// What people would ask of a device, and what could be measured on it: models that are measured
/// most, in the formats that are, on an empty and on a filled context. Nothing is named in code: a
/// model or format that is added by a file is asked about once rows speak of it.

#include <string>
#include <vector>

#include "calibrate/dataset.h"
#include "calibrate/next_measurement.h"
#include "calibrate/resolver.h"

namespace foretoken::calibrate {

struct DeviceQuestions {
  std::vector<ResolvedRow> steps;  ///< without a row: nobody has measured them
  std::vector<FitRow> rows;        ///< parallel to `steps`
  std::vector<std::string> names;  ///< parallel to `steps`: "llama-3.1-8b Q4_K_M"
  /// The step that speaks for all: an empty context, the usual format, a model of the middle size.
  std::size_t headline = 0;
  std::vector<Candidate> candidates;
};

/// Of one device in one pool of the dataset. Registers the parameters of all rows with the pool's
/// design, so it must run before the pool is fitted. Empty where no runtime of the pool runs there.
DeviceQuestions questions_of(const sim::Library& library, Dataset& data, const std::string& pool,
                             const hwdb::Device& device);

}  // namespace foretoken::calibrate
