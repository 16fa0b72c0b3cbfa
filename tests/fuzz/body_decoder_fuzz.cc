// Request bodies: the first byte chooses the framing, the rest is what the connection receives. Any cut of it gives the
// same body, the same end and the same trailers.
#include <algorithm>
#include <span>

#include "fuzz/fuzz_target.h"
#include "http/body_decoder.h"

namespace {

struct Decoded {
    http::BodyDecoder decoder;
    http::BodyDecoder::Outcome outcome = http::BodyDecoder::Outcome::need_more;
    std::string body;
    std::size_t consumed = 0;

    /// As the connection does it: what was not consumed is given again with what came after it.
    void decode(std::string_view input, std::size_t piece) {
        std::size_t given = 0;
        while (outcome == http::BodyDecoder::Outcome::need_more && given < input.size()) {
            given = std::min(input.size(), given + piece);
            step_through(input.substr(0, given));
        }
    }

private:
    void step_through(std::string_view available) {
        do {
            const auto rest = available.substr(consumed);
            const auto step = decoder.decode(std::as_bytes(std::span(rest)));
            fuzz::require(step.consumed <= rest.size(), "no more is consumed than was given");
            fuzz::require(step.outcome != http::BodyDecoder::Outcome::data || step.consumed > 0, "data is progress");
            if (step.outcome == http::BodyDecoder::Outcome::data) add(rest, step.data);
            consumed += step.consumed;
            outcome = step.outcome;
        } while (outcome == http::BodyDecoder::Outcome::data);
    }

    void add(std::string_view rest, std::span<const std::byte> data) {
        const auto* const begin = reinterpret_cast<const char*>(data.data());
        fuzz::require(begin >= rest.data() && begin + data.size() <= rest.data() + rest.size(), "data is of the input");
        body.append(begin, data.size());
    }
};

void start(Decoded& decoded, std::uint8_t choice) {
    http::Framing framing;
    if (choice == 0) {
        framing.kind = http::Framing::Kind::none;
    } else if (choice < 64) {
        framing.kind = http::Framing::Kind::length;
        framing.length = choice;
    } else {
        framing.kind = http::Framing::Kind::chunked;
    }
    decoded.decoder.start(framing);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    if (size < 2) return 0;
    const std::string_view input = fuzz::text_of(bytes + 1, size - 1);
    Decoded runs[3];
    const std::size_t pieces[] = {input.size(), 1, 7};
    for (int i = 0; i < 3; ++i) {
        start(runs[i], bytes[0]);
        runs[i].decode(input, pieces[i]);
    }
    for (const Decoded& run : runs) {
        fuzz::require(run.outcome == runs[0].outcome, "the cut changes no outcome");
        fuzz::require(run.body == runs[0].body, "the cut changes no body");
        fuzz::require(run.body.size() == run.decoder.body_bytes(), "the count is right");
        if (run.outcome == http::BodyDecoder::Outcome::complete) {
            fuzz::require(run.consumed == runs[0].consumed, "the cut changes no end");
            fuzz::require(run.decoder.trailer_text() == runs[0].decoder.trailer_text(), "the cut changes no trailers");
        }
    }
    return 0;
}
