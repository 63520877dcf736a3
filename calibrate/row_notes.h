#pragma once

/// What free-text notes say of a row: flash attention, and labels (`labels.h`).
/// For files without a `label` column.

#include <optional>
#include <string>
#include <string_view>

#include "calibrate/measurement.h"

namespace foretoken::calibrate {

/// "mla 0": keys and values cached for every head; "mla 1" and up: the latent alone.
std::optional<bool> expanded_mla_in(std::string_view notes);

/// Whether the notes say that weights were repacked while loading.
bool repacked_in(std::string_view notes);

/// "15W" of "power mode 15W"; empty when the notes name none.
std::string power_mode_in(std::string_view notes);

/// Fills in what a row has from its notes alone, wherever the row was read.
void read_notes(DecodeRow& row);

/// "fa=1", "FA on", "flash attention off" ...; nullopt when the notes do not say.
std::optional<bool> flash_attention_in(std::string_view notes);

/// Labels, ";"-separated, from notes, device count and parallelism: flag, speculative,
/// multi-device, partial-offload, low-trust, doubtful, throttled, simulated. Empty: nothing said.
std::string labels_in(const DecodeRow& row);

}  // namespace foretoken::calibrate
