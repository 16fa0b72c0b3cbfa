// RFC 6265 as browsers implement it: Secure, HttpOnly, SameSite and the prefix.
#include "site/badge_cookie.h"

#include <algorithm>

#include "base/ascii.h"
#include "site/allowed_hosts.h"
#include "site/https_redirect.h"

namespace site {
namespace {

constexpr std::string_view kName = "godwit";
constexpr std::string_view kSecurePrefix = "__Host-";
constexpr std::size_t kMostPortDigits = 5;
constexpr std::size_t kMostBadges = 8;

/// Of the URL that the browser shows; empty for the usual one.
std::string_view port_of(const http::Request& request) {
    std::string_view port = asked_authority(request).substr(host_of(request).size());
    if (!port.starts_with(':')) return {};
    port.remove_prefix(1);
    const bool is_port = port.size() <= kMostPortDigits && std::ranges::all_of(port, base::is_digit);
    return is_port ? port : std::string_view();
}

}  // namespace

std::string badge_cookie_name(const http::Request& request) {
    std::string name(is_secured(request) ? kSecurePrefix : std::string_view());
    name.append(kName);
    if (const std::string_view port = port_of(request); !port.empty()) name.append("-").append(port);
    return name;
}

http::FoundCookie find_badge_cookie(const http::Request& request) {
    const auto field = request.find(http::FieldName::cookie);
    if (!field) return {};
    // A browser sends one line (RFC 6265 §5.4), and those of HTTP/2 are joined.
    if (request.fields.count(http::FieldName::cookie) > 1) return {http::FoundCookie::Kind::several, {}};
    return http::find_cookie(*field, badge_cookie_name(request));
}

std::vector<std::string_view> find_badge_cookies(const http::Request& request) {
    const std::string name = badge_cookie_name(request);
    std::vector<std::string_view> found;
    for (const http::Field& field : request.fields) {
        if (field.known != http::FieldName::cookie) continue;
        const auto more = http::find_cookies(field.value.of(request.text), name, kMostBadges - found.size());
        found.insert(found.end(), more.begin(), more.end());
    }
    return found;
}

std::string badge_cookie(const http::Request& request, std::string_view text, std::int64_t seconds) {
    std::string value = badge_cookie_name(request).append("=").append(text);
    value.append("; Path=/; Max-Age=").append(std::to_string(text.empty() ? 0 : seconds));
    value.append("; HttpOnly; SameSite=Strict");
    if (is_secured(request)) value.append("; Secure");
    return value;
}

}  // namespace site
