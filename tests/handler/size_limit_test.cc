// The limit of one upload, and what guests and the log read of it.
#include "handler/size_limit.h"

#include "support/catch.h"

TEST_CASE("size limit: what is longer exceeds it, and without one nothing does", "[handler]") {
    const handler::SizeLimit limit(10);
    CHECK_FALSE(limit.is_exceeded_by(10));
    CHECK(limit.is_exceeded_by(11));
    CHECK_FALSE(handler::SizeLimit().is_exceeded_by(UINT64_MAX));
    CHECK_FALSE(handler::SizeLimit(0).is_exceeded_by(UINT64_MAX));
}

TEST_CASE("size limit: a guest is told the limit, and only the log the option", "[handler]") {
    const auto sentence = [](std::uint64_t bytes) {
        const handler::SizeLimit limit(bytes);
        return std::string(limit.refusal().reason);
    };
    CHECK(sentence(10U << 20) == "this is longer than the 10 MiB that this server takes at once.");
    CHECK(sentence(1536) == "this is longer than the 1536 bytes that this server takes at once.");
    CHECK(sentence(1) == "this is longer than the 1 byte that this server takes at once.");
    CHECK(sentence(2048) == "this is longer than the 2 KiB that this server takes at once.");
    const handler::SizeLimit limit(10U << 20);
    CHECK(limit.refusal().status == http::Status::content_too_large);
    CHECK(limit.refusal().cause == "longer than --max-body allows");
}
