// Request heads: any bytes give the same outcome whole, byte by byte and in two pieces, and every slice of a request
// lies within its head.
#include <memory>

#include "fuzz/fuzz_target.h"
#include "http/head_parser.h"
#include "http/limits.h"

namespace {

struct Parsed {
    http::HeadParser parser;
    http::Request request;
    http::HeadParser::Outcome outcome = http::HeadParser::Outcome::need_more;

    void feed(std::string_view text) {
        if (outcome == http::HeadParser::Outcome::need_more) outcome = parser.parse(text, request);
    }
};

void require_within(http::Slice slice, std::size_t size) {
    fuzz::require(std::size_t{slice.offset} + slice.length <= size, "a slice lies within the head");
}

void require_sound(const Parsed& parsed, std::string_view text) {
    if (parsed.outcome != http::HeadParser::Outcome::complete) return;
    const std::size_t head = parsed.parser.head_bytes();
    fuzz::require(head <= text.size() && head <= http::kMaxHeadBytes, "a head is within the input and its limit");
    const http::Request& request = parsed.request;
    require_within(request.method_text, head);
    require_within(request.target_text, head);
    require_within(request.target.query, head);
    require_within(request.target.authority, head);
    for (const http::Field& field : request.fields) {
        require_within(field.name, head);
        require_within(field.value, head);
        const std::string_view value = field.value.of(text);
        fuzz::require(value.find_first_of(std::string_view("\r\n\0", 3)) == value.npos, "a value has no line end");
    }
    const std::string& path = request.target.path;
    fuzz::require(path == "*" || path.starts_with('/') || request.method == http::Method::connect,
                  "a path is absolute");
}

void require_same(const Parsed& a, const Parsed& b) {
    fuzz::require(a.outcome == b.outcome, "the cut changes no outcome");
    if (a.outcome == http::HeadParser::Outcome::invalid) {
        fuzz::require(a.parser.refusal().status == b.parser.refusal().status, "the cut changes no refusal");
    }
    if (a.outcome != http::HeadParser::Outcome::complete) return;
    fuzz::require(a.parser.head_bytes() == b.parser.head_bytes(), "the cut changes no length");
    fuzz::require(
        a.request.method == b.request.method && a.request.target.path == b.request.target.path &&
            a.request.fields.size() == b.request.fields.size() && a.request.framing.kind == b.request.framing.kind &&
            a.request.framing.length == b.request.framing.length && a.request.keep_alive == b.request.keep_alive,
        "the cut changes no request");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    // The connection's buffer holds no more than this.
    const std::string_view text = fuzz::text_of(bytes, size).substr(0, http::kMaxHeadBytes);
    const auto whole = std::make_unique<Parsed>();
    const auto bytewise = std::make_unique<Parsed>();
    const auto halves = std::make_unique<Parsed>();
    whole->feed(text);
    for (std::size_t i = 1; i <= text.size(); ++i) bytewise->feed(text.substr(0, i));
    halves->feed(text.substr(0, text.size() / 2));
    halves->feed(text);
    if (text.empty()) return 0;
    require_sound(*whole, text);
    require_sound(*bytewise, text);
    require_same(*whole, *bytewise);
    require_same(*whole, *halves);
    return 0;
}
