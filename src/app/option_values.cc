// Numbers, sizes, seconds and near misses of the command line.
#include "app/option_values.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/byte_size.h"

namespace app {

namespace {

/// What a number before a word is multiplied by; every word in either case.
struct Factor {
    std::string_view word;
    std::uint64_t value;
};
constexpr std::uint64_t kThousand = 1000;
constexpr auto kSizeFactors = std::to_array<Factor>({{"", 1},
                                                     {"b", 1},
                                                     {"k", std::uint64_t{1} << 10},
                                                     {"m", std::uint64_t{1} << 20},
                                                     {"g", std::uint64_t{1} << 30},
                                                     {"t", std::uint64_t{1} << 40},
                                                     {"kib", std::uint64_t{1} << 10},
                                                     {"mib", std::uint64_t{1} << 20},
                                                     {"gib", std::uint64_t{1} << 30},
                                                     {"tib", std::uint64_t{1} << 40},
                                                     {"kb", kThousand},
                                                     {"mb", kThousand* kThousand},
                                                     {"gb", kThousand* kThousand* kThousand},
                                                     {"tb", kThousand* kThousand* kThousand* kThousand}});
/// In milliseconds.
constexpr auto kTimeFactors =
    std::to_array<Factor>({{"", 1000}, {"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}});

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), base::to_lower);
    return result;
}

/// The factor that `text` ends in, which is cut off; nullopt for a word that is none.
std::optional<std::uint64_t> take_factor(std::string_view& text, std::span<const Factor> factors) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
    const std::string word = lower(text.substr(digits));
    const auto found = std::ranges::find(factors, std::string_view(word), &Factor::word);
    if (found == factors.end()) return std::nullopt;
    text = text.substr(0, digits);
    return found->value;
}

/// Insertions, deletions, replacements and swaps of neighbours that lead from one word to the other; both are short.
std::size_t edit_distance(std::string_view from, std::string_view to) {
    std::vector<std::size_t> above(to.size() + 1);  // two rows up, for swaps
    std::vector<std::size_t> last(to.size() + 1);
    std::vector<std::size_t> row(to.size() + 1);
    for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= from.size(); ++i) {
        std::swap(above, last);
        std::swap(last, row);
        row[0] = i;
        for (std::size_t j = 1; j <= to.size(); ++j) {
            const std::size_t replaced = last[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
            const bool is_swapped = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
            if (is_swapped) row[j] = std::min(row[j], above[j - 2] + 1);
        }
    }
    return row.back();
}

}  // namespace

std::optional<std::uint64_t> parse_number(std::string_view text, std::uint64_t least, std::uint64_t most) {
    const auto value = base::parse_decimal(text);
    if (!value || *value < least || *value > most) return std::nullopt;
    return value;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
    const auto factor = take_factor(text, kSizeFactors);
    if (!factor) return std::nullopt;
    const auto value = base::parse_decimal(text);
    if (!value || *value > std::uint64_t{INT64_MAX} / *factor) return std::nullopt;
    return *value * *factor;
}

std::optional<std::int64_t> parse_seconds(std::string_view text, std::int64_t least_ms, std::int64_t most_ms) {
    constexpr std::uint64_t kMostUnits = 1'000'000'000;  // keeps the product far from overflow
    const auto factor = take_factor(text, kTimeFactors);
    if (!factor) return std::nullopt;
    const std::size_t dot = text.find('.');
    const auto whole = parse_number(text.substr(0, dot), 0, kMostUnits);
    if (!whole) return std::nullopt;
    std::uint64_t ms = *whole * *factor;
    if (dot != std::string_view::npos) {
        std::string decimals(text.substr(dot + 1));
        if (decimals.empty() || decimals.size() > 3) return std::nullopt;
        decimals.resize(3, '0');
        const auto fraction = base::parse_decimal(decimals);
        if (!fraction) return std::nullopt;
        ms += *fraction * *factor / 1000;
    }
    const auto result = static_cast<std::int64_t>(ms);
    if (result < least_ms || result > most_ms) return std::nullopt;
    return result;
}

std::string_view nearest_word(std::string_view typed, std::span<const std::string_view> words) {
    if (typed.empty() || typed.size() > 64) return {};
    std::string_view nearest;
    const std::string lowered = lower(typed);
    // At most a third of the letters may be wrong; otherwise it is another word.
    std::size_t least = std::max<std::size_t>(typed.size() / 3, 1) + 1;
    for (const std::string_view word : words) {
        const std::size_t distance = edit_distance(lowered, lower(word));
        if (distance < least) {
            least = distance;
            nearest = word;
        }
    }
    return nearest;
}

std::string printable(std::string_view text, std::size_t most) {
    std::string result(text.substr(0, most));
    std::ranges::replace_if(result, base::is_control, '?');
    if (text.size() > most) result += "...";
    return result;
}

std::string size_text(std::uint64_t bytes) {
    const base::ByteSize size = base::in_largest_unit(bytes);
    return std::to_string(size.count).append(size.prefix);
}

std::string seconds_text(std::int64_t ms) {
    std::string text = std::to_string(ms / 1000);
    if (const std::int64_t rest = ms % 1000; rest != 0) {
        std::string decimals = std::to_string(1000 + rest).substr(1);
        decimals.erase(decimals.find_last_not_of('0') + 1);
        text += "." + decimals;
    }
    return text;
}

}  // namespace app
