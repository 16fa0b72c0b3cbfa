// "1.NAME.END.NUMBER.STAMP.SEAL": the name in hexadecimal digits, the seal over everything before its dot. The seal is
// checked before the text is parsed, so the parser meets only what this server wrote.
#include "access_control/badge.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/escape.h"

namespace access_control {
namespace {

/// The version of the form of the text.
constexpr std::string_view kForm = "1";
constexpr std::size_t kNumberDigits = 32;

/// The text up to the next dot, which is taken away with it.
std::string_view take_part(std::string_view& text) {
    const std::size_t dot = std::min(text.find('.'), text.size());
    const std::string_view part = text.substr(0, dot);
    text.remove_prefix(std::min(dot + 1, text.size()));
    return part;
}

std::optional<std::string> decode_hex(std::string_view digits) {
    if (digits.size() % 2 != 0) return std::nullopt;
    std::string bytes;
    for (std::size_t at = 0; at < digits.size(); at += 2) {
        const int high = base::hex_value(digits[at]);
        const int low = base::hex_value(digits[at + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        bytes.push_back(static_cast<char>(high * 16 + low));
    }
    return bytes;
}

std::string unsealed_text(const Badge& badge) {
    std::string text(kForm);
    text.push_back('.');
    base::append_hex(text, badge.name);
    text.append(".").append(std::to_string(badge.ends_s));
    text.append(".").append(badge.number);
    return text.append(".").append(badge.stamp);
}

}  // namespace

/// A stamp holds no blank.
std::string sign_in_key(std::string_view name, std::string_view stamp) {
    return std::string(stamp).append(" ").append(name);
}

std::string make_badge_number() {
    const DigestKey random = make_digest_key();
    std::string number;
    base::append_hex(number, {reinterpret_cast<const char*>(random.data()), kNumberDigits / 2});
    return number;
}

std::string print_badge(const Badge& badge, const DigestKey& key) {
    std::string text = unsealed_text(badge);
    const std::string seal = keyed_digest(key, text);
    if (seal.empty()) return {};
    return text.append(".").append(seal);
}

std::optional<Badge> read_badge(std::string_view text, const DigestKey& key) {
    const std::size_t dot = text.rfind('.');
    if (dot == std::string_view::npos || text.size() > kMostBadgeBytes) return std::nullopt;
    const std::string_view unsealed = text.substr(0, dot);
    const std::string seal = keyed_digest(key, unsealed);
    if (seal.empty() || !is_same_digest(text.substr(dot + 1), seal)) return std::nullopt;
    std::string_view rest = unsealed;
    if (take_part(rest) != kForm) return std::nullopt;
    auto name = decode_hex(take_part(rest));
    const auto ends_s = base::parse_decimal(take_part(rest));
    if (!name || !ends_s) return std::nullopt;
    Badge badge{.name = std::move(*name), .stamp = {}, .ends_s = static_cast<std::int64_t>(*ends_s), .number = {}};
    badge.number = take_part(rest);
    badge.stamp = rest;
    return badge;
}

}  // namespace access_control
