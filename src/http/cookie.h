// The cookies of one name among those of a request's Cookie field (RFC 6265 §4.2). Pure; called by site/badge_cookie
// and site/shown_link.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

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

/// The values of all cookies of that name, `most` of them at most.
[[nodiscard]] std::vector<std::string_view> find_cookies(std::string_view field, std::string_view name,
                                                         std::size_t most);

}  // namespace http
