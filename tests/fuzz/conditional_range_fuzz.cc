// Preconditions, ranges and negotiation: the input is the field lines of a request, behind one byte that chooses the
// size of the representation. However they are put, no answer costs more than the file.
#include <memory>

#include "fuzz/fuzz_target.h"
#include "http/accept_encoding.h"
#include "http/conditional.h"
#include "http/digest_field.h"
#include "http/head_parser.h"
#include "http/limits.h"
#include "http/range.h"

namespace {

constexpr std::int64_t kNow = 1'700'000'000;

void check_ranges(const http::RangeSet& set, std::uint64_t size) {
    fuzz::require(set.ranges.size() <= http::kMaxRanges, "the ranges are bounded");
    fuzz::require((set.kind == http::RangeSet::Kind::ranges) == !set.ranges.empty(), "206 has ranges");
    std::uint64_t total = 0;
    for (const http::ByteRange& range : set.items()) {
        fuzz::require(range.first <= range.last && range.last < size, "a range lies within the representation");
        total += range.length();
    }
    fuzz::require(total <= size, "no more is sent than there is");
}

void look_at(const http::Request& request, std::uint64_t size) {
    const http::Validators validators[] = {
        {.etag = "\"abc\"", .last_modified = 784'111'777, .exists = true},
        {.etag = "W/\"abc\"", .last_modified = kNow, .exists = true},
        {.etag = {}, .last_modified = std::nullopt, .exists = false},
    };
    for (const http::Validators& known : validators) {
        static_cast<void>(http::evaluate_preconditions(request.fields, request.text, request.method, known, kNow));
        check_ranges(http::decide_ranges(request.fields, request.text, request.method, known, size, kNow), size);
    }
    const auto codings = http::AcceptedCodings::parse(request.fields, request.text);
    const http::CodingSet available(http::Coding::gzip, http::Coding::identity);
    if (const auto chosen = codings.choose(available)) fuzz::require(available.has(*chosen), "what is chosen is there");
    std::string storage;
    if (const auto value = request.find_list(http::FieldName::repr_digest, storage)) {
        static_cast<void>(http::parse_digests(*value));
        static_cast<void>(http::parse_wanted_digest(*value));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    if (size < 1) return 0;
    const std::string head =
        "GET /x HTTP/1.1\r\nHost: a\r\n" + std::string(fuzz::text_of(bytes + 1, size - 1)) + "\r\n\r\n";
    if (head.size() > http::kMaxHeadBytes) return 0;
    const auto request = std::make_unique<http::Request>();
    http::HeadParser parser;
    if (parser.parse(head, *request) != http::HeadParser::Outcome::complete) return 0;
    look_at(*request, bytes[0]);
    // The bare value as well: it need not have come through a head.
    check_ranges(http::parse_range(fuzz::text_of(bytes + 1, size - 1), bytes[0]), bytes[0]);
    return 0;
}
