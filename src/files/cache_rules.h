// Which files are sent with which Cache-Control (RFC 9111 §5.2): patterns of paths, the first match wins. Filled by
// app/site_options; asked by the representation builder once per opened file, and by site/decoration.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace files {

struct CacheRule {
    /// "*" stands for any bytes, slashes too; everything else for itself. A pattern that begins with a slash is
    /// compared with the whole path, any other one with the last segment.
    std::string pattern;
    std::string value;
};

class CacheRules {
public:
    CacheRules() = default;
    explicit CacheRules(std::vector<CacheRule> rules) : rules_(std::move(rules)) {}

    [[nodiscard]] bool empty() const { return rules_.empty(); }
    /// The value of the first rule whose pattern matches; empty when none does.
    [[nodiscard]] std::string_view find(std::string_view path) const;

private:
    std::vector<CacheRule> rules_;
};

/// Takes time in proportion to both lengths at most.
[[nodiscard]] bool matches_pattern(std::string_view pattern, std::string_view path);

}  // namespace files
