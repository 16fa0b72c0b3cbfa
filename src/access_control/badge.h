// What a browser carries once a person signed in on the page: who that is, until when, and with which password, sealed
// with a key of this server. Printed and read here; badges says which of them still count.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "access_control/keyed_digest.h"

namespace access_control {

struct Badge {
    std::string name;         ///< of the user
    std::string stamp;        ///< of the user's password: another one has another stamp (credential_check)
    std::int64_t ends_s = 0;  ///< seconds since 1970, after which it is worth nothing
    std::string number;       ///< of this badge alone: 32 hexadecimal digits
    friend bool operator==(const Badge&, const Badge&) = default;
};

/// The most bytes of a badge's text; a longer one is none.
inline constexpr std::size_t kMostBadgeBytes = 320;

/// Stands for a user with one password: all badges that were given for that password share it.
[[nodiscard]] std::string sign_in_key(std::string_view name, std::string_view stamp);

/// A random Badge::number.
[[nodiscard]] std::string make_badge_number();

/// Letters, digits and dots: fit for the value of a cookie. Empty when this build has no SHA-256.
[[nodiscard]] std::string print_badge(const Badge& badge, const DigestKey& key);

/// nullopt for a text that print_badge() did not write with this key, byte for byte. The time is not looked at.
[[nodiscard]] std::optional<Badge> read_badge(std::string_view text, const DigestKey& key);

}  // namespace access_control
