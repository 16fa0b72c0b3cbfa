// Request bodies out of the bytes of a connection, whichever way they arrive.
#include "http/body_decoder.h"

#include <algorithm>
#include <string>

#include "support/catch.h"
#include "support/feed.h"

using http::BodyDecoder;
using http::Framing;

namespace {

constexpr Framing kChunked{Framing::Kind::chunked, 0};

struct Decoded {
    BodyDecoder::Outcome outcome = BodyDecoder::Outcome::need_more;
    std::string body;
    std::size_t consumed = 0;
    int status = 0;
    std::string trailers;
    BodyDecoder decoder;

    [[nodiscard]] bool complete() const { return outcome == BodyDecoder::Outcome::complete; }
    [[nodiscard]] bool same_as(const Decoded& other) const {
        return outcome == other.outcome && body == other.body && status == other.status &&
               (!complete() || (consumed == other.consumed && trailers == other.trailers));
    }
};

Decoded decode(const Framing& framing, std::string_view text, const support::Arrivals& arrivals) {
    Decoded decoded;
    support::GuardedText memory(text.size());
    decoded.decoder.start(framing);
    for (const std::size_t arrived : arrivals) {
        while (true) {
            const auto input = memory.hold_bytes(text.substr(decoded.consumed, arrived - decoded.consumed));
            const BodyDecoder::Step step = decoded.decoder.decode(input);
            decoded.outcome = step.outcome;
            decoded.consumed += step.consumed;
            decoded.body.append(reinterpret_cast<const char*>(step.data.data()), step.data.size());
            if (step.outcome == BodyDecoder::Outcome::data) continue;
            if (step.outcome == BodyDecoder::Outcome::need_more) break;
            if (step.outcome == BodyDecoder::Outcome::invalid) {
                decoded.status = http::code(decoded.decoder.refusal().status);
            }
            decoded.trailers = decoded.decoder.trailer_text();
            return decoded;
        }
    }
    return decoded;
}

/// Decodes in every way, which must agree; the result of the whole.
Decoded decode(const Framing& framing, std::string_view text) {
    Decoded expected = decode(framing, text, support::whole(text));
    const auto ways = support::every_way(text);
    CHECK(std::ranges::all_of(ways, [&](const auto& way) { return decode(framing, text, way).same_as(expected); }));
    return expected;
}

Decoded decode_chunked(std::string_view text) { return decode(kChunked, text); }

/// For texts too long to cut everywhere.
Decoded decode_whole(std::string_view text) { return decode(kChunked, text, support::whole(text)); }

}  // namespace

TEST_CASE("body decoder: no body is complete at once", "[http][body]") {
    for (const Framing& framing : {Framing{}, Framing{Framing::Kind::length, 0}}) {
        BodyDecoder decoder;
        decoder.start(framing);
        const auto step = decoder.decode({});
        CHECK(step.outcome == BodyDecoder::Outcome::complete);
        CHECK(step.consumed == 0);
    }
}

TEST_CASE("body decoder: a length is counted exactly", "[http][body]") {
    const Decoded decoded = decode({Framing::Kind::length, 5}, "helloGET /");
    CHECK(decoded.complete());
    CHECK(decoded.body == "hello");
    CHECK(decoded.consumed == 5);
    const Decoded part = decode({Framing::Kind::length, 9}, "hello");
    CHECK(part.outcome == BodyDecoder::Outcome::need_more);
    CHECK(part.decoder.announced_left() == 4);
    CHECK(part.decoder.body_bytes() == 5);
}

TEST_CASE("body decoder: chunks are joined, the next request is left", "[http][body]") {
    const std::string text = "5\r\nhello\r\n00a\r\n, wide wor\r\n2\r\nld\r\n0\r\n\r\n";
    const Decoded decoded = decode_chunked(text + "GET / HTTP/1.1\r\n");
    CHECK(decoded.complete());
    CHECK(decoded.body == "hello, wide world");
    CHECK(decoded.consumed == text.size());
    CHECK(decoded.decoder.body_bytes() == 17);
}

TEST_CASE("body decoder: the body ends with its last CRLF and not before", "[http][body]") {
    const std::string text = "1\r\na\r\n0\r\nX: y\r\n\r\n";
    for (std::size_t bytes = 0; bytes < text.size(); ++bytes) {
        CHECK(decode_whole(text.substr(0, bytes)).outcome == BodyDecoder::Outcome::need_more);
    }
    CHECK(decode_whole(text).complete());
}

TEST_CASE("body decoder: any byte but CR LF around a chunk is refused", "[http][body]") {
    for (const char* text :
         {"",       "\r\n",    "g",        " 1\r\n",    "1 \r\n",         "1\t;a\r\n", "1 ;a\r\n",
          "+1\r\n", "-1\r\n",  "0x1\r\n",  "1x\r\n",    "1,\r\n",         "1\n",       "1\r\r\n",
          "1\ra",   "1\r\nab", "1\r\na\n", "1\r\na\rb", "1\r\na\r\n\r\n", ";a\r\n",    "1\r\na0\r\n\r\n"}) {
        if (*text == '\0') continue;
        CAPTURE(text);
        CHECK(decode_chunked(text).status == 400);
    }
}

TEST_CASE("body decoder: sizes keep within 16 digits and 63 bits", "[http][body]") {
    CHECK(decode_chunked("0000000000000001\r\na\r\n0\r\n\r\n").body == "a");
    CHECK(decode_chunked("00000000000000001\r\n").status == 400);
    CHECK(decode_chunked("10000000000000000\r\n").status == 400);
    CHECK(decode_chunked("ffffffffffffffff\r\n").status == 413);
    CHECK(decode_chunked("8000000000000000\r\n").status == 413);
    const Decoded largest = decode_chunked("7fffffffffffffff\r\nabc");
    CHECK(largest.outcome == BodyDecoder::Outcome::need_more);
    CHECK(largest.decoder.announced_left() == 0x7FFFFFFFFFFFFFFFU - 3);
    CHECK(decode_chunked("1\r\na\r\n7fffffffffffffff\r\n").status == 413);
}

TEST_CASE("body decoder: extensions are checked and ignored", "[http][body]") {
    for (const char* extension :
         {";a", ";a=b", ";a;b=c", "; a ; b = c", ";a=\"b;c\\\"d\"", ";a=\"\"", ";a=\"x\ty\" ;b", ";a=\"\xC3\xA9\""}) {
        CAPTURE(extension);
        const std::string text = "1" + std::string(extension) + "\r\nz\r\n0" + extension + "\r\n\r\n";
        const Decoded decoded = decode_chunked(text);
        CHECK(decoded.complete());
        CHECK(decoded.body == "z");
    }
    for (const char* extension :
         {";",      ";;",        "; ",          ";=b",       ";a=",         ";a=b=c",    ";a b",
          ";a ",    ";a=b ",     ";a=\"b",      ";a=\"b\"c", ";a=\"b\" ",   ";a=b\"c\"", ";a=\rb",
          ";a=\nb", ";a=\"\r\n", ";a=\"\\\r\n", ";a=\x01",   ";a=\"\x01\"", ";\xC3\xA9", ";a\x7F"}) {
        CAPTURE(extension);
        CHECK(decode_chunked("1" + std::string(extension) + "\r\nz\r\n0\r\n\r\n").status == 400);
    }
}

TEST_CASE("body decoder: a line of an extension that LF alone ends is refused", "[http][body]") {
    const Decoded decoded = decode_chunked("1;a\nz\r\n0\r\n\r\n");
    CHECK(decoded.status == 400);
    CHECK(decoded.decoder.refusal().reason.find("LF alone") != std::string_view::npos);
}

TEST_CASE("body decoder: extensions are bounded over all chunks", "[http][body]") {
    const std::string one = "1;" + std::string(99, 'a') + "\r\nz\r\n";
    std::string text;
    for (std::size_t bytes = 0; bytes + 102 <= http::kMaxChunkExtensionBytes; bytes += 101) text += one;
    CHECK(decode_whole(text + "0\r\n\r\n").complete());
    CHECK(decode_whole(text + one + one + "0\r\n\r\n").status == 413);
    CHECK(decode_whole("1;" + std::string(17'000, 'a')).status == 413);
}

TEST_CASE("body decoder: trailers are kept apart", "[http][body]") {
    const Decoded decoded =
        decode_chunked("0\r\nContent-Digest:  sha-256=:x=: \r\nX-T:\r\nContent-Digest: second\r\n\r\nGET");
    REQUIRE(decoded.complete());
    CHECK(decoded.trailers == "Content-Digest:  sha-256=:x=: \r\nX-T:\r\nContent-Digest: second\r\n");
}

TEST_CASE("body decoder: what looks like a request may be a trailer", "[http][body]") {
    const std::string text = "0\r\nX:POST / HTTP/1.1\r\n\r\n";
    const Decoded decoded = decode_chunked(text);
    CHECK(decoded.complete());
    CHECK(decoded.consumed == text.size());
}

TEST_CASE("body decoder: trailers are as strict as fields", "[http][body]") {
    for (const char* line : {"X : y\r\n", ": y\r\n", "X\r\n", " X: y\r\n", "X: y\r\n z\r\n", "X: y\n", "X: a\rb\r\n",
                             "X: \x01\r\n", "X: \x7F\r\n", "X@: y\r\n", "\n", "GET / HTTP/1.1\r\n", "\r\r\n", "\rX"}) {
        CAPTURE(line);
        CHECK(decode_chunked("0\r\n" + std::string(line) + "\r\n").status == 400);
    }
    CHECK(decode_chunked("0\r\nX: a\tb \xC3\xA9\r\n\r\n").complete());
}

TEST_CASE("body decoder: the trailer section is bounded", "[http][body]") {
    const std::string fits = "X: " + std::string(http::kMaxTrailerBytes - 5, 'x') + "\r\n";
    REQUIRE(fits.size() == http::kMaxTrailerBytes);
    CHECK(decode_whole("0\r\n" + fits + "\r\n").complete());
    CHECK(decode_whole("0\r\n" + fits + "Y: z\r\n\r\n").status == 431);
    CHECK(decode_whole("0\r\nX: " + std::string(10'000, 'x')).status == 431);
}

TEST_CASE("body decoder: stays refused, and starts anew", "[http][body]") {
    BodyDecoder decoder;
    decoder.start(kChunked);
    const std::string bad = "0\r\nX: y\r\nbad line\r\n";
    const std::string good = "1\r\na\r\n0\r\n\r\n";
    REQUIRE(decoder.decode(std::as_bytes(std::span(bad))).outcome == BodyDecoder::Outcome::invalid);
    CHECK(decoder.decode(std::as_bytes(std::span(good))).outcome == BodyDecoder::Outcome::invalid);
    decoder.start(kChunked);
    CHECK(decoder.trailer_text().empty());
    const auto step = decoder.decode(std::as_bytes(std::span(good)));
    CHECK(step.outcome == BodyDecoder::Outcome::data);
    CHECK(step.data.size() == 1);
    CHECK(step.consumed == 4);
}
