// Ranges. One pass over the field. A range behind all others is added at the end. Ranges are compared in pairs only
// when one is not, and then there are at most kMaxUnorderedRanges.
#include "http/range.h"

#include <algorithm>
#include <optional>

#include "base/ascii.h"
#include "base/escape.h"

namespace http {
namespace {

constexpr std::string_view kUnit = "bytes";
constexpr std::string_view kByteRangesType = "multipart/byteranges; boundary=";

enum class Spec : std::uint8_t { satisfiable, unsatisfiable, invalid };

/// 1*DIGIT; what does not fit 64 bits is the greatest number that does.
std::optional<std::uint64_t> parse_saturated(std::string_view digits) {
    if (digits.empty()) return std::nullopt;
    std::uint64_t value = 0;
    for (const char c : digits) {
        if (!base::is_digit(c)) return std::nullopt;
        const auto digit = static_cast<std::uint64_t>(c - '0');
        value = value > (UINT64_MAX - digit) / 10 ? UINT64_MAX : value * 10 + digit;
    }
    return value;
}

/// "-500": the last bytes. `size` is at least 1.
Spec parse_suffix(std::string_view digits, std::uint64_t size, ByteRange& range) {
    const auto length = parse_saturated(digits);
    if (!length) return Spec::invalid;
    if (*length == 0) return Spec::unsatisfiable;
    range = {size - std::min(size, *length), size - 1};
    return Spec::satisfiable;
}

Spec parse_spec(std::string_view text, std::uint64_t size, ByteRange& range) {
    const std::size_t dash = text.find('-');
    if (dash == std::string_view::npos) return Spec::invalid;
    const std::string_view last_text = text.substr(dash + 1);
    if (dash == 0) return parse_suffix(last_text, size, range);
    const auto first = parse_saturated(text.substr(0, dash));
    const auto last = last_text.empty() ? std::optional(UINT64_MAX) : parse_saturated(last_text);
    if (!first || !last || *last < *first) return Spec::invalid;
    if (*first >= size) return Spec::unsatisfiable;
    range = {*first, std::min(*last, size - 1)};
    return Spec::satisfiable;
}

bool touch(const ByteRange& a, const ByteRange& b) { return a.first <= b.last + 1 && b.first <= a.last + 1; }

/// Adds `range`, melted with all that it touches, at the place of the first of them. One pass is enough: those kept do
/// not touch each other, so what touches the melted range touched the new one.
void add_coalesced(std::vector<ByteRange>& ranges, ByteRange range) {
    std::size_t kept = 0;
    std::optional<std::size_t> place;
    for (const ByteRange other : ranges) {
        if (touch(other, range)) {
            range = {std::min(range.first, other.first), std::max(range.last, other.last)};
            if (!place) place = kept++;
        } else {
            ranges[kept++] = other;
        }
    }
    ranges.resize(kept);
    if (place) {
        ranges[*place] = range;
    } else {
        ranges.push_back(range);
    }
}

/// The last of the ranges grows when `range` follows it without a gap.
void add_behind(std::vector<ByteRange>& ranges, ByteRange range) {
    if (!ranges.empty() && ranges.back().last + 1 == range.first) {
        ranges.back().last = range.last;
    } else {
        ranges.push_back(range);
    }
}

}  // namespace

RangeSet parse_range(std::string_view value, std::uint64_t size) {
    RangeSet whole;
    const std::size_t equals = value.find('=');
    if (equals == std::string_view::npos || !base::equals_ignoring_case(value.substr(0, equals), kUnit)) return whole;
    // Programs that ask for the first bytes of every file do not expect a refusal for an empty file.
    if (size == 0) return whole;

    RangeSet set;
    set.kind = RangeSet::Kind::unsatisfiable;
    std::string_view rest = value.substr(equals + 1);
    std::size_t specs = 0;
    std::uint64_t asked = 0;
    bool in_order = true;
    while (!rest.empty()) {
        const std::size_t comma = rest.find(',');
        const std::string_view member = base::trim_blanks(rest.substr(0, comma));
        rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
        if (member.empty()) continue;

        ByteRange range;
        const Spec spec = parse_spec(member, size, range);
        if (spec == Spec::invalid || ++specs > kMaxRanges) return whole;
        if (spec == Spec::unsatisfiable) continue;
        if (range.length() > size - asked) return whole;
        asked += range.length();
        set.kind = RangeSet::Kind::ranges;
        in_order = in_order && (set.ranges.empty() || range.first > set.ranges.back().last);
        if (!in_order && specs > kMaxUnorderedRanges) return whole;
        in_order ? add_behind(set.ranges, range) : add_coalesced(set.ranges, range);
    }
    return specs == 0 ? whole : set;
}

bool names_several_ranges(const Fields& fields, std::string_view text) {
    const auto value = fields.find(FieldName::range, text);
    return value && value->find(',') != std::string_view::npos;
}

RangeSet decide_ranges(const Fields& fields, std::string_view text, Method method, const Validators& validators,
                       std::uint64_t size, std::int64_t now) {
    if (!fields.has(FieldName::range) || method != Method::get || fields.count(FieldName::range) != 1) return {};
    if (!range_applies(fields, text, validators, now)) return {};
    return parse_range(*fields.find(FieldName::range, text), size);
}

std::string content_range(const ByteRange& range, std::uint64_t size) {
    std::string text = "bytes ";
    base::append_decimal(text, range.first);
    text.push_back('-');
    base::append_decimal(text, range.last);
    text.push_back('/');
    base::append_decimal(text, size);
    return text;
}

std::string unsatisfied_content_range(std::uint64_t size) {
    std::string text = "bytes */";
    base::append_decimal(text, size);
    return text;
}

ByteRangesText::ByteRangesText(std::uint64_t number, std::string_view content_type, std::uint64_t size)
    : boundary_("godwit-0000000000000000"), content_type_(content_type), size_(size) {
    for (std::size_t at = boundary_.size(); number != 0; number >>= 4)
        boundary_[--at] = "0123456789abcdef"[number & 15];
}

std::string ByteRangesText::media_type() const { return std::string(kByteRangesType) + boundary_; }

std::string ByteRangesText::part_head(const ByteRange& range, std::size_t index) const {
    std::string text(index == 0 ? "--" : "\r\n--");
    text.append(boundary_).append("\r\n");
    if (!content_type_.empty()) text.append("Content-Type: ").append(content_type_).append("\r\n");
    text.append("Content-Range: ").append(content_range(range, size_)).append("\r\n\r\n");
    return text;
}

std::string ByteRangesText::tail() const { return "\r\n--" + boundary_ + "--\r\n"; }

}  // namespace http
