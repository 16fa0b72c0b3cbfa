// Comparing names in one pass, and places as text.
#include "listings/listing_order.h"

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>

#include "base/ascii.h"
#include "base/escape.h"
#include "media/media_type.h"

namespace listings {
namespace {

constexpr std::size_t kNanosecondDigits = 9;

/// The end of the run of digits that begins at `at`.
std::size_t digits_end(std::string_view text, std::size_t at) {
    while (at < text.size() && base::is_digit(text[at])) ++at;
    return at;
}

/// A run of digits without its leading zeros.
std::string_view significant(std::string_view digits) {
    while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
    return digits;
}

/// Of two runs of digits: their values, of any length.
std::strong_ordering compare_numbers(std::string_view a, std::string_view b) {
    a = significant(a);
    b = significant(b);
    if (a.size() != b.size()) return a.size() <=> b.size();
    return a <=> b;
}

std::strong_ordering compare_times(const timespec& a, const timespec& b) {
    if (a.tv_sec != b.tv_sec) return a.tv_sec <=> b.tv_sec;
    return a.tv_nsec <=> b.tv_nsec;
}

/// "-12.000000001" is one nanosecond after twelve seconds before 1970, as in timespec.
void append_time(std::string& out, const timespec& time) {
    std::array<char, 24> digits;
    const auto seconds = std::to_chars(digits.data(), digits.data() + digits.size(), std::int64_t{time.tv_sec});
    out.append(digits.data(), seconds.ptr).push_back('.');
    const auto fraction = std::to_chars(digits.data(), digits.data() + digits.size(), std::int64_t{time.tv_nsec});
    const auto count = static_cast<std::size_t>(fraction.ptr - digits.data());
    out.append(kNanosecondDigits - count, '0').append(digits.data(), count);
}

std::optional<timespec> parse_time(std::string_view text) {
    const std::size_t dot = text.find('.');
    if (dot == std::string_view::npos || text.size() != dot + 1 + kNanosecondDigits) return std::nullopt;
    std::int64_t seconds = 0;
    const char* const begin = text.data();
    const auto end = std::from_chars(begin, begin + dot, seconds);
    const auto nanoseconds = base::parse_decimal(text.substr(dot + 1));
    if (end.ec != std::errc() || end.ptr != begin + dot || !nanoseconds) return std::nullopt;
    timespec time{};
    time.tv_sec = seconds;
    time.tv_nsec = static_cast<long>(*nanoseconds);
    return time;
}

}  // namespace

std::strong_ordering compare_names(std::string_view a, std::string_view b) {
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < a.size() && j < b.size()) {
        if (base::is_digit(a[i]) && base::is_digit(b[j])) {
            const std::size_t a_end = digits_end(a, i);
            const std::size_t b_end = digits_end(b, j);
            const auto order = compare_numbers(a.substr(i, a_end - i), b.substr(j, b_end - j));
            if (order != 0) return order;
            i = a_end;
            j = b_end;
            continue;
        }
        const auto x = static_cast<unsigned char>(base::to_lower(a[i++]));
        const auto y = static_cast<unsigned char>(base::to_lower(b[j++]));
        if (x != y) return x <=> y;
    }
    if (i < a.size()) return std::strong_ordering::greater;
    if (j < b.size()) return std::strong_ordering::less;
    return a <=> b;
}

std::strong_ordering ListingOrdering::compare_column(const ListingItem& a, const ListingItem& b) const {
    switch (column_) {
        case ListingColumn::name: return compare_names(a.name, b.name);
        case ListingColumn::size: return a.bytes <=> b.bytes;
        case ListingColumn::time: return compare_times(a.modified, b.modified);
        case ListingColumn::type: return a.media_type <=> b.media_type;
    }
    return std::strong_ordering::equal;
}

bool ListingOrdering::before(const ListingItem& a, const ListingItem& b) const {
    if (a.kind != b.kind) return a.is_directory();
    const auto order = compare_column(a, b);
    if (order != 0) return order_ == ListingOrder::ascending ? order < 0 : order > 0;
    return compare_names(a.name, b.name) < 0;
}

std::string ListingOrdering::place_of(const ListingItem& item) const {
    std::string place;
    switch (column_) {
        case ListingColumn::name: break;
        case ListingColumn::size: base::append_decimal(place, item.bytes); break;
        case ListingColumn::time: append_time(place, item.modified); break;
        case ListingColumn::type: place.append(item.media_type); break;
    }
    if (column_ != ListingColumn::name) place.push_back(':');
    place.append(item.name);
    if (item.is_directory()) place.push_back('/');
    return place;
}

std::optional<ListingItem> ListingOrdering::find_place(std::string_view text, const media::MediaTypes& types) const {
    ListingItem item;
    std::string_view value;
    if (column_ != ListingColumn::name) {
        const std::size_t colon = text.find(':');
        if (colon == std::string_view::npos) return std::nullopt;
        value = text.substr(0, colon);
        text.remove_prefix(colon + 1);
    }
    if (text.ends_with('/')) {
        item.kind = ListingEntry::Kind::directory;
        text.remove_suffix(1);
    }
    if (text.empty()) return std::nullopt;
    item.name = text;
    // The type follows from the name, as that of every entry does.
    if (!item.is_directory()) item.media_type = types.type_of(text);
    switch (column_) {
        case ListingColumn::name: return item;
        case ListingColumn::type: return value == item.media_type ? std::optional(item) : std::nullopt;
        case ListingColumn::size: {
            const auto bytes = base::parse_decimal(value);
            if (!bytes) return std::nullopt;
            item.bytes = *bytes;
            return item;
        }
        case ListingColumn::time: {
            const auto time = parse_time(value);
            if (!time) return std::nullopt;
            item.modified = *time;
            return item;
        }
    }
    return std::nullopt;
}

}  // namespace listings
