// A configuration file, with those that it includes, as words. Called by option_sources.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <vector>

#include "app/option_word.h"

namespace app {

/// All files together. The loop waits while a reload reads them.
inline constexpr std::size_t kMaxConfigBytes = std::size_t{1} << 20;
inline constexpr std::size_t kMaxConfigFiles = 100;
/// A file that is included by a file and so on.
inline constexpr std::size_t kMaxIncludeDepth = 8;

/// Reads `file`, a regular file; a relative name is one in `working_directory`. An included file is looked for beside
/// the file that names it. In a section the prefix is put before the values of options that take one.
[[nodiscard]] std::expected<std::vector<OptionWord>, UsageError> read_config_file(const std::string& file,
                                                                                  const std::string& working_directory);

}  // namespace app
