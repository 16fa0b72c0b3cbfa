// Scheme, blanks, token68 (RFC 9110 §11.4).
#include "access_control/credentials.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "access_control/password_hash.h"
#include "access_control/users_file.h"
#include "base/ascii.h"
#include "base/escape.h"

namespace access_control {
namespace {

/// Names have 64 bytes at most and passwords 512; more is refused before it is decoded.
constexpr std::size_t kMostSecretBytes = 1024;

constexpr std::string_view kNotBasic =
    "behind Basic stands the base64 form of NAME:PASSWORD in UTF-8, without control characters";
constexpr std::string_view kNotBearer = "behind Bearer stands a token";
constexpr std::string_view kOtherScheme = "the credentials are taken as Basic or Bearer only";

bool is_text(std::string_view text) {
    return base::is_valid_utf8(text) && std::ranges::none_of(text, base::is_control);
}

bool is_token68_char(char c) {
    return base::is_alpha(c) || base::is_digit(c) || std::string_view("-._~+/=").find(c) != std::string_view::npos;
}

std::expected<Credentials, std::string_view> parse_basic(std::string_view coded) {
    std::array<std::byte, kMostSecretBytes> bytes{};
    // Some clients leave the padding out.
    std::string padded(coded.substr(0, base::base64_length(kMostSecretBytes) + 1));
    while (padded.size() % 4 != 0) padded += '=';
    const auto length = base::decode_base64(padded, bytes);
    if (!length) return std::unexpected(kNotBasic);
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), *length);
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || !is_text(text)) return std::unexpected(kNotBasic);
    return Credentials{Credentials::Scheme::basic, std::string(text.substr(0, colon)),
                       std::string(text.substr(colon + 1))};
}

}  // namespace

std::expected<Credentials, std::string_view> parse_credentials(std::string_view value) {
    const std::size_t end = std::min(value.find(' '), value.size());
    const std::string_view scheme = value.substr(0, end);
    const std::string_view rest = base::trim_blanks(value.substr(end));
    if (base::equals_ignoring_case(scheme, "Basic")) return parse_basic(rest);
    if (!base::equals_ignoring_case(scheme, "Bearer")) return std::unexpected(kOtherScheme);
    const bool is_token =
        !rest.empty() && rest.size() <= kMostSecretBytes && std::ranges::all_of(rest, is_token68_char);
    if (!is_token) return std::unexpected(kNotBearer);
    return Credentials{Credentials::Scheme::bearer, {}, std::string(rest)};
}

std::optional<Credentials> make_credentials(std::string_view name, std::string_view password) {
    if (!is_user_name(name) || password.size() > kMaxPasswordBytes || !is_text(password)) return std::nullopt;
    return Credentials{Credentials::Scheme::basic, std::string(name), std::string(password)};
}

}  // namespace access_control
