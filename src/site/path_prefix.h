// --path-prefix: the site is below a path of its own, as behind a proxy that passes paths on as they are. The prefix is
// taken off a request's path before anybody looks at it, and put in front of each Location at the end of an answer.
// Paths elsewhere in an answer get it by http::Request::client_path(). Pages of folders need none: their addresses are
// relative. Called by RuledSite and destinations, and by the router for addresses below "/files".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/field_list.h"

namespace site {

enum class PrefixMatch : std::uint8_t {
    below,   ///< what is behind the prefix begins with a slash
    itself,  ///< the prefix, and nothing behind it
    outside,
};

/// `prefix` begins with a slash and does not end with one; both are decoded.
[[nodiscard]] PrefixMatch match_prefix(std::string_view prefix, std::string_view path);

/// Puts `prefix`, which is encoded, in front of each Location that is a path.
void lead_below(std::string_view prefix, http::FieldList& fields);

}  // namespace site
