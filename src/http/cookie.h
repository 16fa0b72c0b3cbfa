// One cookie among those of a request's Cookie field (RFC 6265 §4.2). Pure; called by site/badge_cookie.
#pragma once

#include <cstdint>
#include <string_view>

namespace http {

struct FoundCookie {
    enum class Kind : std::uint8_t {
        none,
        one,
        several,  ///< which of them is meant cannot be known: sites beside this one can set cookies, too
    };
    Kind kind = Kind::none;
    std::string_view value;  ///< of one: a part of the field's value, as it was sent
};

/// `field`: the value of Cookie, pairs with semicolons between them. What is no pair is passed over. Names are compared
/// with regard to case.
[[nodiscard]] FoundCookie find_cookie(std::string_view field, std::string_view name);

}  // namespace http
