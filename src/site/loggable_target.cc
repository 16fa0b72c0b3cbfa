// Finding the secrets in a target, whatever its spelling.
#include "site/loggable_target.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <span>

#include "base/ascii.h"
#include "base/escape.h"
#include "base/percent_decode.h"

namespace site {
namespace {

/// An upload's address is below a directory of this name, and ends in this many hexadecimal digits.
constexpr std::string_view kUploadDirectory = ".godwit";
constexpr std::size_t kTokenDigits = 48;
constexpr std::array<std::string_view, 7> kSecretParameters = {"token", "access_token", "key",  "secret",
                                                               "sig",   "signature",    "share"};
/// Nothing is shown of these: a digest would be enough to try guesses with.
constexpr std::array<std::string_view, 4> kPasswordParameters = {"password", "passwd", "pass", "pwd"};
/// A part of the names of the cookies that sign a user in or show a link.
constexpr std::string_view kCookieName = "godwit";

/// 32 bits of FNV-1a: too few to find any secret by them.
void append_digest(std::string& out, std::string_view secret) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char byte : secret) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;
    std::string digits;
    base::append_hex_number(digits, hash ^ (hash >> 32U));
    out.append("~").append(digits, 8, 8);
}

/// Replaces runs of hexadecimal digits that are long enough to hold a token.
std::string hide_tokens(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        while (end < text.size() && base::hex_value(text[end]) >= 0) ++end;
        if (end - at >= kTokenDigits) {
            append_digest(out, text.substr(at, end - at));
        } else {
            end = std::max(end, at + 1);
            out.append(text, at, end - at);
        }
        at = end;
    }
    return out;
}

bool is_one_of(std::string_view name, std::span<const std::string_view> names) {
    return std::ranges::any_of(names, [&](std::string_view each) { return base::equals_ignoring_case(each, name); });
}

bool names_secret(std::string_view name) {
    return is_one_of(name, kSecretParameters) || name.find(kCookieName) != std::string_view::npos;
}

/// `text` behind the question mark. True when something was replaced.
bool hide_parameters(std::string_view text, std::string& out) {
    bool hidden = false;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('&'), text.size());
        const std::string_view each = text.substr(0, end);
        const std::size_t equals = each.find('=');
        const std::string name = base::percent_decoded(each.substr(0, equals));
        if (equals != std::string_view::npos && is_one_of(name, kPasswordParameters)) {
            out.append(each, 0, equals + 1).push_back('~');
            hidden = true;
        } else if (equals != std::string_view::npos && names_secret(name)) {
            out.append(each, 0, equals + 1);
            append_digest(out, each.substr(equals + 1));
            hidden = true;
        } else {
            out.append(each);
        }
        if (end < text.size()) out.push_back('&');
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return hidden;
}

}  // namespace

std::string_view loggable_target(std::string_view target, std::string& storage) {
    const std::size_t question = std::min(target.find('?'), target.size());
    std::string_view path = target.substr(0, question);
    std::string hidden_path;
    if (path.find(kUploadDirectory) != std::string_view::npos || path.find('%') != std::string_view::npos) {
        const std::string decoded = base::percent_decoded(path);
        if (decoded.find(kUploadDirectory) != std::string::npos) {
            hidden_path = hide_tokens(decoded);
            path = hidden_path;
        }
    }
    std::string query;
    const bool hides_query = question < target.size() && hide_parameters(target.substr(question + 1), query);
    if (hidden_path.empty() && !hides_query) return target;
    storage.assign(path);
    if (question < target.size()) storage.append("?").append(query);
    return storage;
}

}  // namespace site
