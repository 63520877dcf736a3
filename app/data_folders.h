#pragma once

/// Where the product's data lies: the shipped folder, and the user's own over it.

#include <string>
#include <vector>

#include "app/flags.h"

namespace foretoken::app {

/// Adds `--data DIR`.
void add_data_flag(Flags& flags);

/// The shipped data folder: $FORETOKEN_DATA when set, else `data` two folders above the program's
/// own folder, else `../share/foretoken/data` beside it. Throws Error when there is none.
std::string shipped_data_folder();

/// The shipped folder first, then every `--data` in the order given. Throws Error when one is not a
/// folder.
std::vector<std::string> data_folders(const Flags& flags);

/// The folder that the running program lies in; "" where the system does not tell.
std::string program_folder();

}  // namespace foretoken::app
