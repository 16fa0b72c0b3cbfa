// Pair by pair; the whole field is looked at, since a second cookie of the name counts.
#include "http/cookie.h"

#include <algorithm>
#include <optional>

#include "base/ascii.h"

namespace http {

namespace {

/// Takes the first pair away from `field`; nullopt: it is no pair, or one of another name.
std::optional<std::string_view> take_value(std::string_view& field, std::string_view name) {
    const std::size_t end = std::min(field.find(';'), field.size());
    const std::string_view pair = base::trim_blanks(field.substr(0, end));
    field.remove_prefix(std::min(end + 1, field.size()));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || base::trim_blanks(pair.substr(0, equals)) != name) return std::nullopt;
    return base::trim_blanks(pair.substr(equals + 1));
}

}  // namespace

FoundCookie find_cookie(std::string_view field, std::string_view name) {
    FoundCookie found;
    while (!field.empty()) {
        const auto value = take_value(field, name);
        if (!value) continue;
        if (found.kind != FoundCookie::Kind::none) return {FoundCookie::Kind::several, {}};
        found = {FoundCookie::Kind::one, *value};
    }
    return found;
}

std::vector<std::string_view> find_cookies(std::string_view field, std::string_view name, std::size_t most) {
    std::vector<std::string_view> values;
    while (!field.empty() && values.size() < most) {
        if (const auto value = take_value(field, name)) values.push_back(*value);
    }
    return values;
}

}  // namespace http
