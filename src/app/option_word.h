// One option as one of its sources gave it: the command line, the environment or a configuration file. All sources
// come down to a list of these, which OptionReader applies. Made by command_words, environment_words and config_file.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "app/option_table.h"

namespace app {

/// Says what is wrong and what is accepted: one line for standard error, without the program's name and newline.
struct UsageError {
    std::string sentence;
    bool is_denied = false;  ///< a file is there, but this process may not read it
};

/// Where an option stands.
struct Origin {
    OptionSource source = OptionSource::command_line;
    std::string file;   ///< of OptionSource::file, as it was named
    unsigned line = 0;  ///< from 1, of OptionSource::file

    /// "godwit.conf, line 3", "the command line", "the environment".
    [[nodiscard]] std::string text() const;
};

struct OptionWord {
    const OptionSpec* spec;
    std::string value;    ///< empty for an option without one
    bool is_off = false;  ///< takes an option without a value back, wherever it was given before
    Origin origin;

    /// The option's name as its source writes it: "--port", "GODWIT_PORT", "port".
    [[nodiscard]] std::string name() const { return option_name(*spec, origin.source); }
};

/// A message about what stands at `origin`. In a file the place comes first.
[[nodiscard]] UsageError error_at(const Origin& origin, std::string sentence);

/// Checks that the option takes what stands behind its name, as far as there is something at all; `value` is null
/// where nothing is. An option without a value takes on or off in files and in the environment.
[[nodiscard]] std::expected<OptionWord, UsageError> make_word(const OptionSpec& spec, const std::string* value,
                                                              Origin origin);

/// The words that count, `sources` being from the weakest to the strongest: what a source says of an option takes the
/// place of all that weaker ones say of it, and within a source "off" takes back what stands before it.
[[nodiscard]] std::vector<OptionWord> words_in_force(std::vector<std::vector<OptionWord>> sources);

/// The word as a line of a configuration file, without a newline; its value holds no control byte.
[[nodiscard]] std::string line_text(const OptionWord& word);
/// What --test says about where options come from, a line each.
[[nodiscard]] std::string origins_text(const std::vector<OptionWord>& words);

}  // namespace app
