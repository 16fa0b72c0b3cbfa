// Names, quotes, comments and the heads of sections.
#include "app/config_line.h"

#include <algorithm>

#include "app/option_values.h"
#include "base/ascii.h"

namespace app {
namespace {

using std::unexpected;

bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// `text` up to a comment: a # at the beginning or behind a blank, outside of quotes.
/// What quotes hold is taken as it is; between double ones \" and \\ are a quote and a backslash. Blanks at the end
/// count only in quotes.
std::expected<std::optional<std::string>, std::string> parse_value(std::string_view text) {
    std::string value;
    std::size_t kept = 0;  // the length up to what trimming must leave
    char quote = '\0';
    bool has_value = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quote == '\0') {
            if (c == '#' && (i == 0 || is_blank(text[i - 1]))) break;
            if (is_blank(c)) {
                value += c;
                continue;
            }
            has_value = true;
            if (c == '\'' || c == '"') {
                quote = c;
            } else {
                value += c;
            }
        } else if (c == quote) {
            quote = '\0';
        } else {
            const bool is_escape =
                quote == '"' && c == '\\' && i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\');
            if (is_escape) ++i;
            value += text[i];
        }
        kept = value.size();
    }
    if (quote != '\0') {
        return unexpected(std::string("the quote ") + quote + " is not closed; a value that holds one stands between " +
                          (quote == '"' ? "single quotes" : "double quotes"));
    }
    if (!has_value) return std::nullopt;
    value.resize(kept);
    return value;
}

/// "[/assets/]" and perhaps a comment.
std::expected<ConfigLine, std::string> parse_section(std::string_view text) {
    const std::size_t end = text.find(']');
    const std::string_view prefix = text.substr(1, end == std::string_view::npos ? end : end - 1);
    const std::string_view rest =
        end == std::string_view::npos ? std::string_view() : base::trim_blanks(text.substr(end + 1));
    const bool is_prefix = end != std::string_view::npos && prefix.starts_with('/') && prefix.ends_with('/') &&
                           std::ranges::none_of(prefix, is_blank) && (rest.empty() || rest.starts_with('#'));
    if (!is_prefix) {
        return unexpected(
            "\"" + printable(text) +
            "\" is no section: that is a path between brackets, with a slash at both ends, as in [/assets/]");
    }
    return ConfigLine{.kind = ConfigLine::Kind::section, .name = std::string(prefix), .value = {}};
}

}  // namespace

std::expected<ConfigLine, std::string> parse_config_line(std::string_view text) {
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (std::ranges::any_of(text, [](char c) { return base::is_control(c) && c != '\t'; })) {
        return unexpected("the line holds a control byte");
    }
    text = base::trim_blanks(text);
    if (text.empty() || text.starts_with('#')) return ConfigLine{};
    if (text.starts_with('[')) return parse_section(text);
    const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
    const std::string_view name = text.substr(0, end);
    if (name.starts_with("--")) {
        return unexpected("options stand without dashes here: " + printable(name.substr(2)));
    }
    if (const std::size_t equals = name.find('='); equals != std::string_view::npos) {
        return unexpected("a blank stands between an option and its value: " + printable(name.substr(0, equals)) + " " +
                          printable(name.substr(equals + 1)));
    }
    auto value = parse_value(base::trim_blanks(text.substr(end)));
    if (!value) return unexpected(std::move(value.error()));
    return ConfigLine{.kind = ConfigLine::Kind::option, .name = std::string(name), .value = std::move(*value)};
}

std::string quoted_value(std::string_view value) {
    const auto needs_quotes = [](char c) { return c == '\'' || c == '"' || c == '#' || is_blank(c); };
    if (!value.empty() && std::ranges::none_of(value, needs_quotes)) return std::string(value);
    if (value.find('\'') == std::string_view::npos) return "'" + std::string(value) + "'";
    std::string quoted = "\"";
    for (const char c : value) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + '"';
}

}  // namespace app
