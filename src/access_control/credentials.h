// What a client says about itself: in Authorization, as Basic (RFC 7617) or Bearer (RFC 6750), in the form of the
// sign-in page, or by a badge. Pure; called by sign_in.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace access_control {

struct Credentials {
    enum class Scheme : std::uint8_t {
        basic,  ///< also of the form
        bearer,
        badge,       ///< its seal is right; whether the user still has that password is not known yet
        name_alone,  ///< known by a share link or a certificate; whether the user exists is not known yet
    };
    Scheme scheme = Scheme::basic;
    std::string name;    ///< UTF-8; empty with a token
    std::string secret;  ///< the password, in UTF-8, the token, or the stamp of a badge; empty with a name alone
};

/// The value of Authorization. Control characters are refused (RFC 7617 §2), so neither part holds NUL. The error is a
/// sentence for the client, of static lifetime.
[[nodiscard]] std::expected<Credentials, std::string_view> parse_credentials(std::string_view value);

/// The fields of the form: nullopt for a name or a password that nobody can have, such as one with a control character.
[[nodiscard]] std::optional<Credentials> make_credentials(std::string_view name, std::string_view password);

}  // namespace access_control
