// A share link: one user lets everybody who shows it read at one path, or add files to one folder, until it ends. Its
// text in the state directory, and the token by which it is shown, are printed and read here; share_store keeps them.
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "access_control/keyed_digest.h"
#include "http/user.h"

namespace access_control {

struct ShareLink {
    std::string id;           ///< 16 hexadecimal digits, which name it in lists; no secret
    std::string maker;        ///< the user's name
    std::string path;         ///< canonical; with a slash at its end for a folder and all that is below it
    std::int64_t made_s = 0;  ///< seconds since 1970
    std::int64_t ends_s = 0;  ///< from then on it is worth nothing
    std::uint32_t limit = 0;  ///< of uses, 1 to kMostUses; 0: none
    http::LinkGives gives = http::LinkGives::reading;  ///< dropping: only of a folder
    std::string stamp;                                 ///< of the maker's password when he made it, as in http::User
    std::uint32_t uses = 0;                            ///< so far
    std::int64_t used_s = 0;                           ///< when the last use began; 0: never
    friend bool operator==(const ShareLink&, const ShareLink&) = default;

    [[nodiscard]] bool is_over_at(std::int64_t now_s) const { return ends_s <= now_s; }
    [[nodiscard]] bool is_used_up() const { return limit != 0 && uses >= limit; }
};

/// Each use of a link with a limit is a line of its text.
inline constexpr std::uint32_t kMostUses = 1'000;
inline constexpr std::size_t kShareIdDigits = 16;
/// An id and a seal of 128 bits, half of the digest (RFC 2104 §5).
inline constexpr std::size_t kShareTokenDigits = kShareIdDigits + 32;
/// The text of a link with all its uses is shorter.
inline constexpr std::size_t kMostShareBytes = 64 * 1024;

/// A random id.
[[nodiscard]] std::string make_share_id();
/// True for 16 hexadecimal digits in lower case.
[[nodiscard]] bool is_share_id(std::string_view text);
/// True for what has the form of a token: digits in lower case, as many as a token has.
[[nodiscard]] bool is_share_token(std::string_view text);

/// What the link is shown by: its id, and a seal under `key` over all of it but its uses. It fits into a query as it
/// is. Empty when this build has no SHA-256.
[[nodiscard]] std::string share_token(const ShareLink& link, const DigestKey& key);

/// Lines: what the link is, and then one for each use; without a limit, one with the number of uses.
[[nodiscard]] std::string print_share(const ShareLink& link);
/// The lines before those of the uses. They never change.
[[nodiscard]] std::string print_unused_share(const ShareLink& link);
/// A line to add to the text of a link with a limit.
[[nodiscard]] std::string use_line(std::int64_t now_s);
/// The one line of a link without a limit, always equally long.
[[nodiscard]] std::string total_line(std::uint32_t uses, std::int64_t now_s);
/// nullopt: damaged, cut off, or of another version.
[[nodiscard]] std::optional<ShareLink> parse_share(std::string_view text);

}  // namespace access_control
