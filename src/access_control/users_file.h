// The users file: names with password hashes as htpasswd and mkpasswd write them, tokens, groups. Parsed for the
// verifier process, which alone keeps it. Pure.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace access_control {

inline constexpr std::size_t kMaxUsersBytes = 1024 * 1024;
inline constexpr std::size_t kMaxNameBytes = 64;

/// One name of the file.
struct Account {
    std::string name;
    std::string password_hash;               ///< crypt(5); empty: no password opens it
    std::vector<std::string> token_digests;  ///< SHA-256 of each token, 64 hexadecimal digits in lower case
    std::vector<std::string> groups;
};

struct Users {
    std::vector<Account> accounts;  ///< sorted by name, each once

    /// nullptr when nobody has that name.
    [[nodiscard]] const Account* find(std::string_view name) const;
    /// Whose token it is, by its digest; nullptr: nobody's.
    [[nodiscard]] const Account* find_token(std::string_view digest) const;
};

struct UsersFault {
    std::size_t line;  ///< from 1
    std::string sentence;
};

/// True for the name of a user or a group: 1 to 64 bytes, letters, digits, "._-@" and whatever is not ASCII (in UTF-8),
/// no '@' in front, and not "-", which stands for nobody in logs.
[[nodiscard]] bool is_user_name(std::string_view name);

/// Lines are "name:hash", "name:token:SHA-256 in hexadecimal", "groups:NAME:member member", empty, or begin with '#'.
/// The first fault ends it.
[[nodiscard]] std::expected<Users, UsersFault> parse_users(std::string_view text);

}  // namespace access_control
