// Pair by pair; the whole field is looked at, since a second cookie of the name counts.
#include "http/cookie.h"

#include <algorithm>

#include "base/ascii.h"

namespace http {

FoundCookie find_cookie(std::string_view field, std::string_view name) {
    FoundCookie found;
    while (!field.empty()) {
        const std::size_t end = std::min(field.find(';'), field.size());
        const std::string_view pair = base::trim_blanks(field.substr(0, end));
        field.remove_prefix(std::min(end + 1, field.size()));
        const std::size_t equals = pair.find('=');
        if (equals == std::string_view::npos || base::trim_blanks(pair.substr(0, equals)) != name) continue;
        if (found.kind != FoundCookie::Kind::none) return {FoundCookie::Kind::several, {}};
        found = {FoundCookie::Kind::one, base::trim_blanks(pair.substr(equals + 1))};
    }
    return found;
}

}  // namespace http
