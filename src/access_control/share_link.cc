// "name value" lines, as in the states of uploads. The path is percent-encoded, so no name breaks a line.
#include "access_control/share_link.h"

#include <algorithm>

#include "access_control/users_file.h"
#include "base/ascii.h"
#include "base/escape.h"
#include "base/named_lines.h"
#include "base/percent_decode.h"
#include "http/target.h"

namespace access_control {
namespace {

/// The name and the version of the form of the text.
constexpr std::string_view kFirstLine = "godwit share 2";
constexpr std::string_view kUseWord = "used ";
constexpr std::string_view kTotalWord = "total ";
constexpr std::size_t kCountDigits = 10;
constexpr std::size_t kTimeDigits = 20;

bool are_lower_digits(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return base::is_digit(c) || (c >= 'a' && c <= 'f'); });
}

std::string_view gives_word(http::LinkGives gives) {
    return gives == http::LinkGives::dropping ? "dropping" : "reading";
}

/// What the seal is over: everything that never changes.
std::string sealed_text(const ShareLink& link) {
    std::string text(kFirstLine);
    text.push_back('\n');
    base::append_named_line(text, "id", link.id);
    base::append_named_line(text, "maker", link.maker);
    base::append_named_line(text, "path", http::encode_path(link.path));
    base::append_named_line(text, "made", std::to_string(link.made_s));
    base::append_named_line(text, "ends", std::to_string(link.ends_s));
    base::append_named_line(text, "limit", std::to_string(link.limit));
    base::append_named_line(text, "gives", gives_word(link.gives));
    base::append_named_line(text, "stamp", link.stamp);
    return text;
}

std::optional<std::int64_t> take_number(std::string_view& text, std::string_view name) {
    const auto value = base::take_named_value(text, name);
    const auto number = value ? base::parse_decimal(*value) : std::nullopt;
    if (!number || *number > INT64_MAX) return std::nullopt;
    return static_cast<std::int64_t>(*number);
}

/// "total N TIME". One that was not written whole tells nothing.
void take_total(std::string_view text, ShareLink& link) {
    if (!text.starts_with(kTotalWord) || text.size() < total_line(0, 0).size()) return;
    const auto uses = base::parse_decimal(text.substr(kTotalWord.size(), kCountDigits));
    const auto time = base::parse_decimal(text.substr(kTotalWord.size() + kCountDigits + 1, kTimeDigits));
    if (!uses || !time || *uses > UINT32_MAX || *time > INT64_MAX) return;
    link.uses = static_cast<std::uint32_t>(*uses);
    link.used_s = static_cast<std::int64_t>(*time);
}

/// A last line that is cut off counts as a use, too: a use was being noted.
void take_uses(std::string_view text, ShareLink& link) {
    if (link.limit == 0) return take_total(text, link);
    while (!text.empty()) {
        const std::string_view line = base::take_line(text);
        ++link.uses;
        if (!line.starts_with(kUseWord)) continue;
        const auto time = base::parse_decimal(line.substr(kUseWord.size()));
        if (time && *time <= INT64_MAX) link.used_s = static_cast<std::int64_t>(*time);
    }
}

}  // namespace

std::string make_share_id() {
    const DigestKey random = make_digest_key();
    std::string id;
    base::append_hex(id, {reinterpret_cast<const char*>(random.data()), kShareIdDigits / 2});
    return id;
}

bool is_share_id(std::string_view text) { return text.size() == kShareIdDigits && are_lower_digits(text); }

bool is_share_token(std::string_view text) { return text.size() == kShareTokenDigits && are_lower_digits(text); }

std::string share_token(const ShareLink& link, const DigestKey& key) {
    const std::string seal = keyed_digest(key, sealed_text(link));
    if (seal.empty()) return {};
    return link.id + seal.substr(0, kShareTokenDigits - kShareIdDigits);
}

std::string print_share(const ShareLink& link) {
    std::string text = sealed_text(link);
    if (link.limit == 0) return link.uses == 0 ? text : text + total_line(link.uses, link.used_s);
    for (std::uint32_t use = 0; use < link.uses; ++use) text += use_line(link.used_s);
    return text;
}

std::string print_unused_share(const ShareLink& link) { return sealed_text(link); }

std::string use_line(std::int64_t now_s) { return std::string(kUseWord).append(std::to_string(now_s)).append("\n"); }

std::string total_line(std::uint32_t uses, std::int64_t now_s) {
    std::string line(kTotalWord);
    line.append(base::with_zeros(uses, kCountDigits)).append(" ");
    return line.append(base::with_zeros(static_cast<std::uint64_t>(now_s), kTimeDigits)).append("\n");
}

std::optional<ShareLink> parse_share(std::string_view text) {
    if (!text.starts_with(kFirstLine) || text.substr(kFirstLine.size(), 1) != "\n") return std::nullopt;
    text.remove_prefix(kFirstLine.size() + 1);
    const auto id = base::take_named_value(text, "id");
    const auto maker = base::take_named_value(text, "maker");
    const auto path = base::take_named_value(text, "path");
    const auto made_s = take_number(text, "made");
    const auto ends_s = take_number(text, "ends");
    const auto limit = take_number(text, "limit");
    const auto gives = base::take_named_value(text, "gives");
    const auto stamp = base::take_named_value(text, "stamp");
    if (!id || !maker || !path || !made_s || !ends_s || !limit || !gives || !stamp) return std::nullopt;
    const bool is_for_dropping = *gives == gives_word(http::LinkGives::dropping);
    if (!is_for_dropping && *gives != gives_word(http::LinkGives::reading)) return std::nullopt;
    if (!is_share_id(*id) || !is_user_name(*maker) || !path->starts_with('/') || *limit > kMostUses) {
        return std::nullopt;
    }
    ShareLink link{.id = std::string(*id),
                   .maker = std::string(*maker),
                   .path = base::percent_decoded(*path),
                   .made_s = *made_s,
                   .ends_s = *ends_s,
                   .limit = static_cast<std::uint32_t>(*limit),
                   .gives = is_for_dropping ? http::LinkGives::dropping : http::LinkGives::reading,
                   .stamp = std::string(*stamp)};
    take_uses(text, link);
    return link;
}

}  // namespace access_control
