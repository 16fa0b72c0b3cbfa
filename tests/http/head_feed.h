// Parses a request head in a given way of arriving, at a guard page. For the tests of heads, targets and framing.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "http/head_parser.h"
#include "support/feed.h"

namespace http_test {

struct ParsedHead {
    http::HeadParser::Outcome outcome = http::HeadParser::Outcome::need_more;
    http::Request request;
    http::Refusal refusal;
    std::size_t head_bytes = 0;
    std::size_t seen_bytes = 0;  ///< how much had arrived at the outcome
    std::string text;            ///< what request.text is of

    [[nodiscard]] bool complete() const { return outcome == http::HeadParser::Outcome::complete; }
    [[nodiscard]] bool invalid() const { return outcome == http::HeadParser::Outcome::invalid; }
    /// 0 when it was not refused.
    [[nodiscard]] int status() const { return invalid() ? http::code(refusal.status) : 0; }
    [[nodiscard]] std::string find(http::FieldName name) const {
        return std::string(request.find(name).value_or("(none)"));
    }
};

inline void parse_into(ParsedHead& head, std::string_view text, const support::Arrivals& arrivals) {
    support::GuardedText memory(text.size());
    http::HeadParser parser;
    parser.reset();
    head.text = text;
    for (const std::size_t bytes : arrivals) {
        head.outcome = parser.parse(memory.hold(text.substr(0, bytes)), head.request);
        head.seen_bytes = bytes;
        if (head.outcome != http::HeadParser::Outcome::need_more) break;
    }
    head.head_bytes = parser.head_bytes();
    head.refusal = parser.refusal();
    if (head.complete()) head.request.text = std::string_view(head.text).substr(0, head.request.text.size());
}

/// The way that tells least: all at once. Where cuts matter, every_way() is walked.
struct Head : ParsedHead {
    explicit Head(std::string_view raw) { parse_into(*this, raw, support::whole(raw)); }
    Head(std::string_view raw, const support::Arrivals& arrivals) { parse_into(*this, raw, arrivals); }
    Head(const Head&) = delete;
    Head& operator=(const Head&) = delete;
};

/// True when every way of arriving gives the outcome of the whole, for the same reason.
inline bool same_for_every_way(std::string_view text) {
    const Head expected(text);
    const auto ways = support::every_way(text);
    return std::ranges::all_of(ways, [&](const support::Arrivals& way) {
        const Head head(text, way);
        return head.outcome == expected.outcome && head.status() == expected.status() &&
               (!head.invalid() || head.refusal.reason == expected.refusal.reason) &&
               (!head.complete() ||
                (head.head_bytes == expected.head_bytes && head.request.text == expected.request.text &&
                 head.request.target.path == expected.request.target.path &&
                 head.request.fields.size() == expected.request.fields.size()));
    });
}

}  // namespace http_test
