// What --help says, option by option: what the manual pages and the completions of shells are made from. Called by
// manual_page and completion, which are no part of the server: meson runs them when godwit is built.
#pragma once

#include <string>
#include <vector>

#include "app/option_table.h"

namespace app {

struct OptionHelp {
    const OptionSpec* spec = nullptr;  ///< null only for a line of --help that names no option
    char letter = '\0';                ///< '\0' where it has none
    std::string value;                 ///< what stands for the value, such as "FILE"; empty where the option takes none
    std::string text;                  ///< the whole description, on one line

    /// The part of the description that fits beside the name.
    [[nodiscard]] std::string summary() const;
    [[nodiscard]] bool is_repeatable() const;
};

struct HelpSection {
    std::string heading;
    std::string note;  ///< what stands behind the heading in parentheses
    std::vector<OptionHelp> options;
};

/// The sections of help_text("all") that describe options, in order.
[[nodiscard]] std::vector<HelpSection> read_option_help();

/// The words that an option takes, where it takes nothing else; empty where other values are possible.
[[nodiscard]] std::vector<std::string> choices_of(const OptionSpec& spec);

}  // namespace app
