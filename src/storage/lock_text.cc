// The last line shows that the text is whole.
#include "storage/lock_text.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/escape.h"
#include "http/target.h"

namespace storage {
namespace {

constexpr std::string_view kFirstLine = "godwit lock 1\n";
constexpr std::string_view kTimeName = "expires ";
constexpr std::string_view kLastLine = "end\n";
constexpr std::size_t kTimeDigits = 20;

void append_line(std::string& text, std::string_view name, std::string_view value) {
    text.append(name).append(" ").append(value).push_back('\n');
}

/// The inverse of http::encode_path().
std::string decode(std::string_view text) {
    std::string decoded;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const int high = text[at] == '%' && at + 2 < text.size() ? base::hex_value(text[at + 1]) : -1;
        const int low = high >= 0 ? base::hex_value(text[at + 2]) : -1;
        decoded.push_back(low >= 0 ? static_cast<char>(high * 16 + low) : text[at]);
        if (low >= 0) at += 2;
    }
    return decoded;
}

/// The value of the next line, which has to have this name.
std::optional<std::string_view> take_value(std::string_view& text, std::string_view name) {
    std::string_view line = base::take_line(text);
    if (!line.starts_with(name) || line.substr(name.size(), 1) != " ") return std::nullopt;
    line.remove_prefix(name.size() + 1);
    return line;
}

}  // namespace

std::string print_lock_time(std::int64_t expires_s) {
    std::string text = std::to_string(std::max<std::int64_t>(expires_s, 0));
    text.insert(0, kTimeDigits - std::min(kTimeDigits, text.size()), '0');
    return text;
}

std::size_t lock_time_offset() { return kFirstLine.size() + kTimeName.size(); }

std::string print_lock(const Lock& lock, std::int64_t expires_s) {
    std::string text(kFirstLine);
    text.append(kTimeName).append(print_lock_time(expires_s)).push_back('\n');
    append_line(text, "token", lock.token);
    append_line(text, "path", http::encode_path(lock.path));
    append_line(text, "kind", lock.kind == Lock::Kind::folder ? "folder" : "file");
    append_line(text, "scope", lock.scope == Lock::Scope::shared ? "shared" : "exclusive");
    append_line(text, "reach", lock.reach == Lock::Reach::all_below ? "below" : "itself");
    append_line(text, "user", http::encode_path(lock.user));
    append_line(text, "owner", http::encode_path(lock.owner));
    return text.append(kLastLine);
}

std::optional<StoredLock> parse_lock(std::string_view text) {
    if (!text.starts_with(kFirstLine) || !text.ends_with(kLastLine)) return std::nullopt;
    text.remove_prefix(kFirstLine.size());
    const auto expires = take_value(text, "expires");
    const auto seconds = base::parse_decimal(expires.value_or(std::string_view()));
    const auto token = take_value(text, "token");
    const auto path = take_value(text, "path");
    const auto kind = take_value(text, "kind");
    const auto scope = take_value(text, "scope");
    const auto reach = take_value(text, "reach");
    const auto user = take_value(text, "user");
    const auto owner = take_value(text, "owner");
    if (!seconds || *seconds > INT64_MAX || !token || !path || !kind || !scope || !reach || !user || !owner) {
        return std::nullopt;
    }
    StoredLock stored;
    stored.expires_s = static_cast<std::int64_t>(*seconds);
    stored.lock.token = *token;
    stored.lock.path = decode(*path);
    if (stored.lock.token.empty() || !stored.lock.path.starts_with('/')) return std::nullopt;
    stored.lock.kind = *kind == "folder" ? Lock::Kind::folder : Lock::Kind::file;
    stored.lock.scope = *scope == "shared" ? Lock::Scope::shared : Lock::Scope::exclusive;
    stored.lock.reach = *reach == "below" ? Lock::Reach::all_below : Lock::Reach::itself;
    stored.lock.user = decode(*user);
    stored.lock.owner = decode(*owner);
    return stored;
}

}  // namespace storage
