// Which forms of a stored password are accepted, and the check of a password against one. Called by the parser of the
// users file, by the verifier process and by godwit passwd; the only code that includes libxcrypt.
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace access_control {

/// False when this build has no libxcrypt: passwords cannot be checked then, tokens can.
[[nodiscard]] bool has_password_hashes();

/// Longer passwords are refused without a check, because the time of a check grows with their length. RFC 7617 sets no
/// bound.
inline constexpr std::size_t kMaxPasswordBytes = 512;

/// Nothing when `hash` is bcrypt ($2b$, $2a$, $2y$), yescrypt ($y$) or SHA-512 crypt ($6$), whole and of a cost that
/// checks in about a second at most; otherwise a sentence that names the form and the way out. Pure.
[[nodiscard]] std::expected<void, std::string> check_hash_form(std::string_view hash);

/// True when `password` is the one that `hash` was made of. Takes 3 to 1,000 ms by the hash's cost. `hash` was
/// accepted by check_hash_form(). False for a password that is too long or holds NUL.
[[nodiscard]] bool matches_password(const std::string& hash, std::string_view password);

/// A new yescrypt hash of `password` with a random salt; empty when the library refuses or the build has none.
[[nodiscard]] std::string make_password_hash(const std::string& password);

}  // namespace access_control
