// The form encoding and the rules for what may be in it.
#include "records/record_line.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/escape.h"

namespace records {
namespace {

constexpr std::size_t kMaxNumberDigits = 15;

struct Pair {
    std::string_view name;
    std::string_view value;
};

/// Takes the next pair that is not empty off the front; nullopt at the end.
std::optional<Pair> take_pair(std::string_view& rest) {
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('&'), rest.size());
        const std::string_view pair = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (pair.empty()) continue;
        const std::size_t equals = std::min(pair.find('='), pair.size());
        return Pair{pair.substr(0, equals), pair.substr(std::min(equals + 1, pair.size()))};
    }
    return std::nullopt;
}

bool has_control(std::string_view text) { return std::ranges::any_of(text, base::is_control); }

/// A line without the carriage return that some editors leave at its end.
std::string_view without_return(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

}  // namespace

bool is_record_id(std::string_view id) {
    if (id.empty() || id.size() > kMaxRecordIdBytes || id.front() == '.') return false;
    return std::ranges::all_of(id, [](char c) {
        return base::is_alpha(c) || base::is_digit(c) || c == '-' || c == '_' || c == '.' || c == '~';
    });
}

std::optional<std::uint64_t> find_record_number(std::string_view id) {
    if (id.empty() || id.size() > kMaxNumberDigits || (id.front() == '0' && id.size() > 1)) return std::nullopt;
    return base::parse_decimal(id);
}

std::optional<http::Refusal> find_record_fault(const Record& record, const RecordLimits& limits) {
    using http::Refusal;
    using http::Status;
    constexpr Status kStatus = Status::unprocessable_content;
    if (record.empty()) return Refusal{kStatus, "a record needs at least one field."};
    if (record.size() > limits.max_fields) return Refusal{kStatus, "the record has more fields than one may have."};
    std::vector<std::string_view> names;
    for (const http::FormField& field : record) {
        if (field.name.empty()) return Refusal{kStatus, "a field has no name."};
        if (field.name.size() > limits.max_name_bytes) return Refusal{kStatus, "the name of a field is too long."};
        if (has_control(field.name) || !base::is_valid_utf8(field.name)) {
            return Refusal{kStatus, "the name of a field is not plain text in UTF-8."};
        }
        if (field.value.size() > limits.max_value_bytes) return Refusal{kStatus, "the value of a field is too long."};
        if (field.value.find('\0') != std::string::npos || !base::is_valid_utf8(field.value)) {
            return Refusal{kStatus, "the value of a field is not text in UTF-8 without NUL."};
        }
        names.push_back(field.name);
    }
    std::ranges::sort(names);
    if (std::ranges::adjacent_find(names) != names.end()) {
        return Refusal{kStatus, "two fields have the same name; each may be there once."};
    }
    return std::nullopt;
}

std::optional<std::string> take_record_id(Record& record) {
    const auto found = std::ranges::find(record, kRecordIdName, &http::FormField::name);
    if (found == record.end()) return std::nullopt;
    std::string id = std::move(found->value);
    record.erase(found);
    return id;
}

std::string encode_record(std::string_view id, const Record& record) {
    std::string line;
    http::append_form_field(line, kRecordIdName, id);
    for (const http::FormField& field : record) http::append_form_field(line, field.name, field.value);
    return line;
}

Record decode_record(std::string_view line) {
    static constexpr http::FormLimits kNone{.fields = SIZE_MAX, .name_bytes = SIZE_MAX, .value_bytes = SIZE_MAX};
    return http::parse_form(without_return(line), kNone).value_or(Record());
}

std::string_view find_record_id(std::string_view line, std::string& storage) {
    std::string_view rest = without_return(line);
    if (rest.empty() || rest.front() == '#') return {};
    while (const auto pair = take_pair(rest)) {
        if (pair->name != kRecordIdName) {
            if (pair->name.find('%') == std::string_view::npos) continue;
            storage.clear();
            http::append_form_decoded(storage, pair->name);
            if (storage != kRecordIdName) continue;
        }
        if (is_record_id(pair->value)) return pair->value;
        storage.clear();
        http::append_form_decoded(storage, pair->value);
        return is_record_id(storage) ? std::string_view(storage) : std::string_view();
    }
    return {};
}

std::string make_record_tag(std::string_view line, std::string_view suffix) {
    // Two passes with different starts and multipliers: 128 bits that no two versions share by chance.
    std::uint64_t first = 0xcbf2'9ce4'8422'2325;
    std::uint64_t second = 0x9e37'79b9'7f4a'7c15 ^ line.size();
    for (const char c : line) {
        const auto byte = static_cast<unsigned char>(c);
        first = (first ^ byte) * 0x0000'0100'0000'01b3;
        second = (second ^ (byte + (second >> 29))) * 0xbf58'476d'1ce4'e5b9;
    }
    std::string tag("\"");
    for (std::uint64_t half : {first, second}) {
        for (int i = 0; i < 16; ++i, half >>= 4) tag.push_back("0123456789abcdef"[half & 15U]);
    }
    return tag.append(suffix).append("\"");
}

}  // namespace records
