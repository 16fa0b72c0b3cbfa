// Tokens for programs: how they are made, and what the users file keeps of them. Called by godwit token, and by the
// check of Bearer credentials.
#pragma once

#include <string>
#include <string_view>

namespace access_control {

/// False when this build has no SHA-256 (OpenSSL): no token is known then.
[[nodiscard]] bool has_tokens();

/// "godwit_" and 256 random bits in the URL's base64; empty when the kernel gives no random numbers.
[[nodiscard]] std::string make_token();

/// Its SHA-256 as 64 hexadecimal digits in lower case; empty where has_tokens() is false.
[[nodiscard]] std::string token_digest(std::string_view token);

}  // namespace access_control
