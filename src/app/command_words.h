// The command line as words, read with getopt_long. Called by options.
#pragma once

#include <optional>
#include <vector>

#include "app/option_word.h"

namespace app {

struct CommandLine {
    /// Up to the first problem, or up to --help or --version, which end the line; the value of --help is its section.
    std::vector<OptionWord> words;
    std::optional<UsageError> error;
};

/// argv[0] is skipped; argv may be permuted. DIR is a word of --directory. Not for two threads at once (getopt).
[[nodiscard]] CommandLine read_command_line(int argc, char** argv);

}  // namespace app
