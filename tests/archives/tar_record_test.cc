// Headers of tar, byte by byte.
#include "archives/tar_record.h"

#include <string>

#include "support/catch.h"

using archives::tar_header;

namespace {

std::string field(const std::string& header, std::size_t at, std::size_t bytes) {
    return header.substr(at, bytes).c_str();  // up to the first zero
}

}  // namespace

TEST_CASE("tar record: a plain file takes one block", "[archives]") {
    const std::string header =
        tar_header({.path = "a.txt", .size_bytes = 5, .modified_s = 784'111'777, .is_program = true});
    REQUIRE(header.size() == 512);
    CHECK(field(header, 0, 100) == "a.txt");
    CHECK(field(header, 100, 8) == "0000755");
    CHECK(field(header, 108, 8) == "0000000");
    CHECK(field(header, 124, 12) == "00000000005");
    CHECK(field(header, 136, 12) == "05657114241");
    CHECK(header[156] == '0');
    CHECK(header.substr(257, 8) == std::string("ustar\0"
                                               "00",
                                               8));
    unsigned sum = 0;
    for (std::size_t i = 0; i < 512; ++i) sum += i >= 148 && i < 156 ? 32U : static_cast<unsigned char>(header[i]);
    CHECK(std::stoul(field(header, 148, 8), nullptr, 8) == sum);
}

TEST_CASE("tar record: a folder has its type and mode", "[archives]") {
    const std::string header = tar_header({.path = "d/"});
    CHECK(header[156] == '5');
    CHECK(field(header, 100, 8) == "0000755");
}

TEST_CASE("tar record: what ustar cannot hold stands in a pax record", "[archives]") {
    const std::string longer = tar_header({.path = std::string(101, 'n')});
    CHECK(longer.size() == 3 * 512);
    CHECK(longer[156] == 'x');
    CHECK(field(longer, 512, 512) == "111 path=" + std::string(101, 'n') + "\n");
    CHECK(field(tar_header({.path = "gr\xC3\xBC\xC3\x9F"}), 512, 512) == "15 path=gr\xC3\xBC\xC3\x9F\n");
    CHECK(field(tar_header({.path = "f", .size_bytes = std::uint64_t{1} << 33U}), 512, 512) == "19 size=8589934592\n");
    CHECK(field(tar_header({.path = "f", .modified_s = -1}), 512, 512) == "12 mtime=-1\n");
    // Bytes that are no UTF-8 stay as they are.
    CHECK(tar_header({.path = "\xFF"}).size() == 512);
    CHECK(
        field(tar_header({.path = std::string(101, '\xFF')}), 512, 512).starts_with("21 hdrcharset=BINARY\n111 path="));
}

TEST_CASE("tar record: contents are padded to whole blocks", "[archives]") {
    CHECK(archives::tar_padding_bytes(0) == 0);
    CHECK(archives::tar_padding_bytes(1) == 511);
    CHECK(archives::tar_padding_bytes(512) == 0);
}
