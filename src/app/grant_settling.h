// What --users, --grant and --allow-* mean together. Called by option_reader when all options are read.
#pragma once

#include <optional>

#include "app/option_word.h"
#include "app/options.h"

namespace app {

/// With --grant, the lines decide about every path. --allow-* are short for a line about the root, which anybody may
/// read and list unless a line says otherwise. `follows_links`: --symlinks says other than none. The error is about
/// options that do not go together.
[[nodiscard]] std::optional<UsageError> settle_grants(Options& options, bool follows_links);

}  // namespace app
