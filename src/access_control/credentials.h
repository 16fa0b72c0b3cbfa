// What a client says about itself in Authorization: Basic (RFC 7617) or Bearer (RFC 6750). Pure; called by sign_in.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace access_control {

struct Credentials {
    enum class Scheme : std::uint8_t { basic, bearer };
    Scheme scheme = Scheme::basic;
    std::string name;    ///< UTF-8; empty with a token
    std::string secret;  ///< the password, in UTF-8, or the token
};

/// The value of Authorization. Control characters are refused (RFC 7617 §2), so neither part holds NUL. The error is a
/// sentence for the client, of static lifetime.
[[nodiscard]] std::expected<Credentials, std::string_view> parse_credentials(std::string_view value);

}  // namespace access_control
