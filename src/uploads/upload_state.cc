// The text form: one "name value" per line. A line without its end does not count: it was being written when the
// machine stopped.
#include "uploads/upload_state.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/ascii.h"
#include "base/escape.h"
#include "http/limits.h"
#include "http/target.h"

namespace uploads {
namespace {

constexpr std::string_view kFirstLine = "godwit-upload 1";
constexpr std::string_view kPartialPrefix = ".godwit-";
constexpr std::string_view kSuffix = ".upload";
constexpr std::string_view kRewrittenSuffix = ".state";
constexpr std::string_view kColon = ": ";  ///< between the name and the value of a field

using ConflictName = std::pair<storage::OnConflict, std::string_view>;
constexpr std::array kConflictNames = {ConflictName{storage::OnConflict::replace, "replace"},
                                       ConflictName{storage::OnConflict::keep_content, "keep-content"},
                                       ConflictName{storage::OnConflict::rename, "rename"},
                                       ConflictName{storage::OnConflict::refuse, "refuse"},
                                       ConflictName{storage::OnConflict::replace_only, "replace-only"}};

void append_line(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(" ").append(value).append("\n");
}

/// The inverse of http::encode_path.
std::optional<std::string> decode_path(std::string_view text) {
    std::string path;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            path.push_back(text[at]);
            continue;
        }
        if (at + 2 >= text.size()) return std::nullopt;
        const int high = base::hex_value(text[at + 1]);
        const int low = base::hex_value(text[at + 2]);
        const bool is_nul = high == 0 && low == 0;
        if (high < 0 || low < 0 || is_nul) return std::nullopt;
        path.push_back(static_cast<char>(high * 16 + low));
        at += 2;
    }
    if (path.empty() || path.front() != '/') return std::nullopt;
    return path;
}

std::optional<std::uint64_t> parse_name(std::string_view name, std::string_view prefix) {
    if (name.size() != prefix.size() + kUploadNumberDigits + kSuffix.size()) return std::nullopt;
    if (!name.starts_with(prefix) || !name.ends_with(kSuffix)) return std::nullopt;
    return parse_hexadecimal(name.substr(prefix.size(), kUploadNumberDigits));
}

bool take_path(std::string& path, std::string_view value) {
    auto decoded = decode_path(value);
    if (decoded) path = std::move(*decoded);
    return decoded.has_value();
}

/// A malformed number was not written completely: the line does not count.
bool take_count(std::optional<std::uint64_t>& into, std::string_view value) {
    const auto number = base::parse_decimal(value);
    if (number) into = number;
    return true;
}

bool take_conflict(storage::OnConflict& into, std::string_view value) {
    for (const auto& [conflict, name] : kConflictNames) {
        if (name != value) continue;
        into = conflict;
        return true;
    }
    return false;
}

/// The field is used as if a request had it, so it must be one that a request can have.
bool take_field(http::FieldList& fields, std::string_view line) {
    const std::size_t colon = line.find(kColon);
    if (colon == 0 || colon == std::string_view::npos || fields.size() == http::kMaxFields) return false;
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = line.substr(colon + kColon.size());
    if (!std::ranges::all_of(name, base::is_token_char)) return false;
    if (std::ranges::any_of(value, [](char c) { return base::is_control(c) && c != '\t'; })) return false;
    fields.add(name, value);
    return true;
}

/// False for an impossible value. Unknown names belong to a later version, and are skipped.
bool take_line(UploadState& state, std::string_view name, std::string_view value) {
    // Thousands of these may have been added, so they come first.
    if (name == "synced") {
        // Values that are on disk stay as they are.
        state.synced = std::max(state.synced, base::parse_decimal(value).value_or(0));
        return true;
    }
    if (name == "secret") {
        state.secret = value;
        return value.size() == kUploadSecretDigits;
    }
    if (name == "user") {
        state.user = value;
        return !value.empty();
    }
    if (name == "link") {
        state.link = value;
        return !value.empty();
    }
    if (name == "method") {
        state.method = value;
        return value == "PUT" || value == "POST";
    }
    if (name == "target") return take_path(state.target, value);
    if (name == "directory") return take_path(state.directory, value);
    if (name == "directory-number") return take_count(state.directory_number, value);
    if (name == "location") return take_path(state.location, value);
    if (name == "field") return take_field(state.fields, value);
    if (name == "on-conflict") return take_conflict(state.on_conflict, value);
    if (name == "boot") {
        state.boot = value;
        return true;
    }
    if (name == "length") return take_count(state.length, value);
    if (name == "publishing") return take_count(state.publishing, value);
    if (name == "complete") state.complete = true;
    return true;
}

}  // namespace

std::string hexadecimal(std::uint64_t number) {
    std::string digits;
    base::append_hex_number(digits, number);
    return digits;
}

std::optional<std::uint64_t> parse_hexadecimal(std::string_view digits) {
    if (digits.size() != kUploadNumberDigits) return std::nullopt;
    if (digits.find_first_not_of("0123456789abcdef") != std::string_view::npos) return std::nullopt;
    std::uint64_t number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
    return number;
}

std::string partial_name(std::uint64_t number) {
    return std::string(kPartialPrefix).append(hexadecimal(number)).append(kSuffix);
}

std::string state_name(std::uint64_t number) { return hexadecimal(number).append(kSuffix); }

std::string rewritten_state_name(std::uint64_t number) {
    return std::string(kPartialPrefix).append(hexadecimal(number)).append(kRewrittenSuffix);
}

bool is_rewritten_state_name(std::string_view name) {
    return name.starts_with(kPartialPrefix) && name.ends_with(kRewrittenSuffix);
}

std::optional<std::uint64_t> parse_partial_name(std::string_view name) { return parse_name(name, kPartialPrefix); }
std::optional<std::uint64_t> parse_state_name(std::string_view name) { return parse_name(name, {}); }

std::string write_upload_state(const UploadState& state) {
    std::string text = std::string(kFirstLine).append("\n");
    append_line(text, "secret", state.secret);
    if (!state.user.empty()) append_line(text, "user", state.user);
    if (!state.link.empty()) append_line(text, "link", state.link);
    append_line(text, "method", state.method);
    append_line(text, "target", http::encode_path(state.target));
    append_line(text, "location", http::encode_path(state.location));
    append_line(text, "directory", http::encode_path(state.directory));
    if (state.directory_number) append_line(text, "directory-number", std::to_string(*state.directory_number));
    for (const auto& [conflict, name] : kConflictNames) {
        if (conflict == state.on_conflict) append_line(text, "on-conflict", name);
    }
    for (const http::FieldView field : state.fields) {
        append_line(text, "field", std::string(field.name).append(kColon).append(field.value));
    }
    if (state.length) text += length_line(*state.length);
    text.append(boot_line(state.boot)).append(synced_line(state.synced));
    if (state.publishing) text += publishing_line(*state.publishing);
    if (state.complete) text += complete_line();
    return text;
}

std::optional<UploadState> parse_upload_state(std::string_view text) {
    UploadState state;
    bool first = true;
    for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(end + 1);
        if (std::exchange(first, false)) {
            if (line != kFirstLine) return std::nullopt;
            continue;
        }
        const std::size_t space = std::min(line.find(' '), line.size());
        const std::string_view value = line.substr(std::min(space + 1, line.size()));
        if (!take_line(state, line.substr(0, space), value)) return std::nullopt;
    }
    const bool whole = !state.secret.empty() && !state.method.empty() && !state.target.empty() &&
                       !state.directory.empty() && !state.location.empty();
    return whole ? std::optional(std::move(state)) : std::nullopt;
}

std::optional<UploadPlace> parse_upload_place(std::string_view begin) {
    constexpr std::string_view kBehindPlace = "on-conflict";
    UploadPlace place;
    bool first = true;
    for (std::size_t end = begin.find('\n'); end != std::string_view::npos; end = begin.find('\n')) {
        const std::string_view line = begin.substr(0, end);
        begin.remove_prefix(end + 1);
        if (std::exchange(first, false)) {
            if (line != kFirstLine) return std::nullopt;
            continue;
        }
        const std::size_t space = std::min(line.find(' '), line.size());
        const std::string_view name = line.substr(0, space);
        const std::string_view value = line.substr(std::min(space + 1, line.size()));
        if (name == kBehindPlace) return place.directory.empty() ? std::nullopt : std::optional(std::move(place));
        if (name == "directory" && !take_path(place.directory, value)) return std::nullopt;
        if (name == "directory-number") take_count(place.directory_number, value);
    }
    return std::nullopt;
}

std::string synced_line(std::uint64_t bytes) { return "synced " + std::to_string(bytes) + "\n"; }
std::string length_line(std::uint64_t bytes) { return "length " + std::to_string(bytes) + "\n"; }
std::string boot_line(std::string_view boot) { return std::string("boot ").append(boot).append("\n"); }
std::string publishing_line(std::uint64_t number) { return "publishing " + std::to_string(number) + "\n"; }
std::string complete_line() { return "complete\n"; }

}  // namespace uploads
