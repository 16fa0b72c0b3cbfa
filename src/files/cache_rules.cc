// Patterns with asterisks, without recursion.
#include "files/cache_rules.h"

#include <cstddef>

namespace files {
namespace {

/// Goes back to the last asterisk only: what an earlier one matched never needs to change.
bool matches(std::string_view pattern, std::string_view text) {
    std::size_t in_pattern = 0;
    std::size_t in_text = 0;
    std::size_t star = std::string_view::npos;
    std::size_t taken_until = 0;
    while (in_text < text.size()) {
        if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
            star = in_pattern++;
            taken_until = in_text;
        } else if (in_pattern < pattern.size() && pattern[in_pattern] == text[in_text]) {
            ++in_pattern;
            ++in_text;
        } else if (star != std::string_view::npos) {
            in_pattern = star + 1;
            in_text = ++taken_until;
        } else {
            return false;
        }
    }
    while (in_pattern < pattern.size() && pattern[in_pattern] == '*') ++in_pattern;
    return in_pattern == pattern.size();
}

}  // namespace

bool matches_pattern(std::string_view pattern, std::string_view path) {
    if (pattern.starts_with('/')) return matches(pattern, path);
    return matches(pattern, path.substr(path.rfind('/') + 1));
}

std::string_view CacheRules::find(std::string_view path) const {
    for (const CacheRule& rule : rules_) {
        if (matches_pattern(rule.pattern, path)) return rule.value;
    }
    return {};
}

}  // namespace files
