// The command line, the environment and the configuration file together. Read by options at the start, and by
// config_reload again.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "app/option_word.h"

namespace app {

struct OptionSources {
    std::vector<OptionWord> command_line;
    std::vector<OptionWord> environment;
    std::string config;             ///< a file, as it was named; empty: none
    std::string working_directory;  ///< at the start; relative names of files mean something only there
    bool is_at_terminal = false;    ///< a person, who need not name the directory where they are
};

/// Each value by itself: the first word that its option does not take.
[[nodiscard]] std::optional<UsageError> find_mistake(const std::vector<OptionWord>& words);

/// Reads the configuration file, checks what each source says, and gives what counts: the command line before the
/// environment before the file. File names are absolute for a daemon, which leaves its working directory.
[[nodiscard]] std::expected<std::vector<OptionWord>, UsageError> read_sources(const OptionSources& sources);

/// The values of all file names made absolute.
void make_absolute(std::vector<OptionWord>& words, const std::string& working_directory);

}  // namespace app
