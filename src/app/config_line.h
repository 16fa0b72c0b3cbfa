// The grammar of one line of a configuration file (docs/configuration.md). Pure. Called by config_file, and by what
// writes such files.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace app {

struct ConfigLine {
    enum class Kind : std::uint8_t {
        nothing,  ///< blank, or a comment
        section,  ///< "[/prefix/]"
        option,   ///< a name, with a value or without
    };
    Kind kind = Kind::nothing;
    std::string name;  ///< of an option; of a section its prefix, which begins and ends with a slash
    std::optional<std::string> value;
};

/// `text` is one line without its newline. The error is the end of a sentence that begins with the place.
[[nodiscard]] std::expected<ConfigLine, std::string> parse_config_line(std::string_view text);

/// `value` in quotes where it needs them, so that parse_config_line() reads it back. It holds no control byte.
[[nodiscard]] std::string quoted_value(std::string_view value);

}  // namespace app
