// Options from the environment: GODWIT_PORT=8080 is --port 8080, GODWIT_ALLOW_UPLOAD=on is --allow-upload. Called by
// options.
#pragma once

#include <expected>
#include <string_view>
#include <vector>

#include "app/option_word.h"

namespace app {

/// `variables` are "NAME=value". Those that begin with GODWIT_ count, unless their value is empty. One that is no
/// option's but nearly so is an error; others belong to other programs.
[[nodiscard]] std::expected<std::vector<OptionWord>, UsageError> read_environment_words(
    const std::vector<std::string_view>& variables);

}  // namespace app
