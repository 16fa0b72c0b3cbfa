// CRC-32 as zip and gzip have it.
#include "media/checksum.h"

#include <string_view>

#include "support/catch.h"

namespace {

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

}  // namespace

TEST_CASE("checksum: the check value of CRC-32, whole and in parts", "[content]") {
    CHECK(media::extend_crc32(0, bytes_of("123456789")) == 0xCBF43926);
    CHECK(media::extend_crc32(media::extend_crc32(0, bytes_of("1234")), bytes_of("56789")) == 0xCBF43926);
    CHECK(media::extend_crc32(0, {}) == 0);
    CHECK(media::extend_crc32(7, {}) == 7);
}
