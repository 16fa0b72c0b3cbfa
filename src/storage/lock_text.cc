// The last line shows that the text is whole.
#include "storage/lock_text.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/named_lines.h"
#include "base/percent_decode.h"
#include "http/target.h"

namespace storage {
namespace {

constexpr std::string_view kFirstLine = "godwit lock 1\n";
constexpr std::string_view kTimeName = "expires ";
constexpr std::string_view kLastLine = "end\n";
constexpr std::size_t kTimeDigits = 20;

}  // namespace

std::string print_lock_time(std::int64_t expires_s) {
    return base::with_zeros(static_cast<std::uint64_t>(std::max<std::int64_t>(expires_s, 0)), kTimeDigits);
}

std::size_t lock_time_offset() { return kFirstLine.size() + kTimeName.size(); }

std::string print_lock(const Lock& lock, std::int64_t expires_s) {
    std::string text(kFirstLine);
    text.append(kTimeName).append(print_lock_time(expires_s)).push_back('\n');
    base::append_named_line(text, "token", lock.token);
    base::append_named_line(text, "path", http::encode_path(lock.path));
    base::append_named_line(text, "kind", lock.kind == Lock::Kind::folder ? "folder" : "file");
    base::append_named_line(text, "scope", lock.scope == Lock::Scope::shared ? "shared" : "exclusive");
    base::append_named_line(text, "reach", lock.reach == Lock::Reach::all_below ? "below" : "itself");
    base::append_named_line(text, "user", http::encode_path(lock.user));
    base::append_named_line(text, "owner", http::encode_path(lock.owner));
    return text.append(kLastLine);
}

std::optional<StoredLock> parse_lock(std::string_view text) {
    if (!text.starts_with(kFirstLine) || !text.ends_with(kLastLine)) return std::nullopt;
    text.remove_prefix(kFirstLine.size());
    const auto expires = base::take_named_value(text, "expires");
    const auto seconds = base::parse_decimal(expires.value_or(std::string_view()));
    const auto token = base::take_named_value(text, "token");
    const auto path = base::take_named_value(text, "path");
    const auto kind = base::take_named_value(text, "kind");
    const auto scope = base::take_named_value(text, "scope");
    const auto reach = base::take_named_value(text, "reach");
    const auto user = base::take_named_value(text, "user");
    const auto owner = base::take_named_value(text, "owner");
    if (!seconds || *seconds > INT64_MAX || !token || !path || !kind || !scope || !reach || !user || !owner) {
        return std::nullopt;
    }
    StoredLock stored;
    stored.expires_s = static_cast<std::int64_t>(*seconds);
    stored.lock.token = *token;
    stored.lock.path = base::percent_decoded(*path);
    if (stored.lock.token.empty() || !stored.lock.path.starts_with('/')) return std::nullopt;
    stored.lock.kind = *kind == "folder" ? Lock::Kind::folder : Lock::Kind::file;
    stored.lock.scope = *scope == "shared" ? Lock::Scope::shared : Lock::Scope::exclusive;
    stored.lock.reach = *reach == "below" ? Lock::Reach::all_below : Lock::Reach::itself;
    stored.lock.user = base::percent_decoded(*user);
    stored.lock.owner = base::percent_decoded(*owner);
    return stored;
}

}  // namespace storage
