// Changes to the users file that godwit passwd and godwit token make. Pure functions change the text; the file is
// replaced as a whole.
#pragma once

#include <expected>
#include <functional>
#include <string>
#include <string_view>

namespace access_control {

/// `text` with `name:hash` in place of the line with that user's password, or at the end. All else stays.
[[nodiscard]] std::string with_password(std::string_view text, std::string_view name, std::string_view hash);

/// `text` with one more token of `name` at the end.
[[nodiscard]] std::string with_token(std::string_view text, std::string_view name, std::string_view digest);

/// Writes `edit` of the file's text to a file beside it, which then takes its place, with the same owner, group and
/// permissions. A file that is not there yet is made, for its owner alone. What parse_users() refuses is not written. A
/// link is followed. The error is a sentence.
[[nodiscard]] std::expected<void, std::string> edit_users_file(
    const std::string& path, const std::function<std::string(std::string_view text)>& edit);

}  // namespace access_control
