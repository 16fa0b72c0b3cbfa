// Forms: the first line is the Content-Type, the rest the body. Any cut of the body gives the same parts and the same
// end; no part is begun twice or above the limit, and content is of the input or a piece of the delimiter.
#include <algorithm>
#include <optional>
#include <span>

#include "fuzz/fuzz_target.h"
#include "http/multipart.h"

namespace {

constexpr std::size_t kMaxParts = 20;

struct Read {
    explicit Read(std::string_view boundary) : parser(boundary, kMaxParts) {}

    http::MultipartParser parser;
    std::string told;  ///< the events as text
    std::size_t parts = 0;
    bool in_part = false;
    bool failed = false;

    void read(std::string_view body, std::size_t piece) {
        for (; !body.empty() && !failed; body.remove_prefix(std::min(piece, body.size()))) {
            feed(body.substr(0, piece));
        }
    }

private:
    using Event = http::MultipartParser::Event;

    void feed(std::string_view block) {
        auto rest = std::as_bytes(std::span(block));
        while (true) {
            const http::MultipartParser::Step step = parser.next(rest);
            fuzz::require(step.consumed <= rest.size(), "no more is consumed than was given");
            rest = rest.subspan(step.consumed);
            if (step.event == Event::need_more) {
                fuzz::require(rest.empty(), "all of the input is consumed");
                return;
            }
            note(step);
            if (failed) return;
        }
    }

    void note(const http::MultipartParser::Step& step) {
        switch (step.event) {
            case Event::part_begin:
                fuzz::require(!in_part, "a part begins outside of parts");
                fuzz::require(++parts <= kMaxParts, "no more parts than the limit");
                fuzz::require(parser.part().name.size() <= http::kMaxPartNameBytes, "names are bounded");
                in_part = true;
                told.append("<").append(parser.part().name).append("|");
                told.append(parser.part().filename.value_or("-")).append("|");
                told.append(parser.part().content_type).append(">");
                break;
            case Event::part_bytes:
                fuzz::require(in_part && !step.bytes.empty(), "bytes are of a part");
                told.append(reinterpret_cast<const char*>(step.bytes.data()), step.bytes.size());
                break;
            case Event::part_end:
                fuzz::require(in_part, "a part that ends was begun");
                in_part = false;
                told.append("</>");
                break;
            case Event::end:
                fuzz::require(!in_part && parser.complete(), "the end is outside of parts");
                told.append("end");
                break;
            case Event::error:
                fuzz::require(!parser.error_text().empty(), "an error has a sentence");
                fuzz::require(!parser.complete(), "what is faulty is not complete");
                failed = true;
                break;
            case Event::need_more: break;
        }
    }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view input = fuzz::text_of(bytes, size);
    const std::size_t line = std::min(input.find('\n'), input.size());
    const auto boundary = http::find_form_boundary(input.substr(0, line));
    if (!boundary) return 0;
    fuzz::require(!boundary->empty() && boundary->size() <= http::kMaxBoundaryBytes, "a boundary is bounded");
    const std::string_view body = input.substr(std::min(line + 1, input.size()));
    if (body.empty()) return 0;
    Read whole(*boundary);
    whole.read(body, body.size());
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, body.size() / 2 + 1}) {
        Read cut(*boundary);
        cut.read(body, piece);
        fuzz::require(cut.failed == whole.failed, "the cut changes no outcome");
        fuzz::require(cut.parser.over_limit() == whole.parser.over_limit(), "the cut changes no reason");
        if (whole.failed) continue;
        fuzz::require(cut.told == whole.told, "the cut changes no part");
        fuzz::require(cut.parser.complete() == whole.parser.complete(), "the cut changes no end");
    }
    return 0;
}
