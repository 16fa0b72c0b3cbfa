// Two ways to compare: a part of the name, or a pattern for all of it.
#include "listings/search_words.h"

#include <algorithm>
#include <optional>

#include "base/ascii.h"
#include "base/escape.h"

namespace listings {
namespace {

/// Comparisons of two bytes that take about as long as one unit of a slice.
constexpr std::size_t kComparisonsPerUnit = 256;

constexpr http::Refusal kTooLong{http::Status::bad_request, "what is searched for has at most 256 bytes."};
static_assert(kSearchBytes == 256, "the sentence above states it");
constexpr http::Refusal kSlash{http::Status::bad_request,
                               "a search is about names, and no name has a slash: search in that folder instead."};

bool is_pattern(std::string_view word) { return word.find_first_of("*?") != std::string_view::npos; }

bool holds(std::string_view name, std::string_view word) {
    return !std::ranges::search(name, word, {}, base::to_lower).empty();
}

/// The length of the character at the front; a byte that is no UTF-8 is one, too.
std::size_t character_bytes(std::string_view text) { return std::max<std::size_t>(1, base::find_utf8_sequence(text)); }

/// Only the last '*' is ever tried again with more: an earlier one would leave less for what follows.
bool fits(std::string_view name, std::string_view pattern) {
    struct Place {
        std::string_view name;
        std::string_view pattern;  ///< behind the '*'
    };
    std::optional<Place> star;
    while (!name.empty() || !pattern.empty()) {
        if (pattern.starts_with('*')) {
            pattern.remove_prefix(1);
            star = {name, pattern};
        } else if (!name.empty() && pattern.starts_with('?')) {
            name.remove_prefix(character_bytes(name));
            pattern.remove_prefix(1);
        } else if (!name.empty() && !pattern.empty() && base::to_lower(name.front()) == pattern.front()) {
            name.remove_prefix(1);
            pattern.remove_prefix(1);
        } else if (star && !star->name.empty()) {
            star->name.remove_prefix(1);
            name = star->name;
            pattern = star->pattern;
        } else {
            return false;
        }
    }
    return true;
}

}  // namespace

std::expected<SearchWords, http::Refusal> SearchWords::parse(std::string_view text) {
    if (text.size() > kSearchBytes) return std::unexpected(kTooLong);
    if (text.find('/') != std::string_view::npos) return std::unexpected(kSlash);
    constexpr std::string_view kSpaces = " \t\r\n";
    SearchWords found;
    while (true) {
        text.remove_prefix(std::min(text.find_first_not_of(kSpaces), text.size()));
        if (text.empty()) return found;
        const std::size_t end = std::min(text.find_first_of(kSpaces), text.size());
        std::string word(text.substr(0, end));
        std::ranges::transform(word, word.begin(), base::to_lower);
        found.bytes_ += word.size();
        found.words_.push_back(std::move(word));
        text.remove_prefix(end);
    }
}

bool SearchWords::wants(std::string_view name, trees::WalkSlice& slice) const {
    slice.add(static_cast<unsigned>(name.size() * bytes_ / kComparisonsPerUnit));
    return std::ranges::all_of(
        words_, [name](const std::string& word) { return is_pattern(word) ? fits(name, word) : holds(name, word); });
}

}  // namespace listings
