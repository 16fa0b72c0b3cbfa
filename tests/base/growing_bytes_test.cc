// Bytes that are collected.
#include "base/growing_bytes.h"

#include <string>
#include <vector>

#include "support/catch.h"

using base::GrowingBytes;

namespace {

std::string text_of(const GrowingBytes& bytes) {
    return {reinterpret_cast<const char*>(bytes.bytes().data()), bytes.size()};
}

}  // namespace

TEST_CASE("growing bytes: hold what was appended, in order", "[base]") {
    GrowingBytes bytes;
    CHECK(bytes.bytes().empty());
    bytes.trim();
    std::string all;
    for (int i = 0; i < 10'000; ++i) {
        const std::string more = std::to_string(i);
        bytes.append(std::as_bytes(std::span(more)));
        all += more;
    }
    bytes.append({});
    CHECK((text_of(bytes) == all));
    bytes.trim();
    CHECK((text_of(bytes) == all));
    bytes.append(std::as_bytes(std::span(all)));
    CHECK((text_of(bytes) == all + all));
}

TEST_CASE("growing bytes: what was moved from is empty and can be used again", "[base]") {
    GrowingBytes one;
    one.append(std::as_bytes(std::span("abc", 3)));
    GrowingBytes other = std::move(one);
    CHECK(text_of(other) == "abc");
    one = GrowingBytes();
    one.append(std::as_bytes(std::span("de", 2)));
    CHECK(text_of(one) == "de");
    other = std::move(one);
    CHECK(text_of(other) == "de");
}
