// A request's target without the secrets that are part of it. Called by Site for both logs.
#pragma once

#include <string>
#include <string_view>

namespace site {

/// `target` as it was sent, where it holds no secret. Otherwise `storage`: the token in the address of a resumable
/// upload, however it was spelled, and the value of a query parameter that names a token (token, access_token, key,
/// secret, sig, signature, share, or a cookie that signs a user in or shows a link) are "~" and eight hexadecimal
/// digits that are the same for the same secret. A password (password, passwd, pass, pwd) is "~".
[[nodiscard]] std::string_view loggable_target(std::string_view target, std::string& storage);

}  // namespace site
