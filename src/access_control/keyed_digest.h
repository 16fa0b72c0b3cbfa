// HMAC-SHA-256 (RFC 2104): what only the owner of the key can have written. Called by badge and share_link.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace access_control {

using DigestKey = std::array<std::byte, 32>;

/// From the kernel's random numbers; waits for them at the start of a machine.
[[nodiscard]] DigestKey make_digest_key();

/// 64 hexadecimal digits in lower case; empty when this build has no SHA-256 (OpenSSL).
[[nodiscard]] std::string keyed_digest(const DigestKey& key, std::string_view text);

/// Constant-time comparison: its time does not tell where the texts differ.
[[nodiscard]] bool is_same_digest(std::string_view one, std::string_view other);

}  // namespace access_control
