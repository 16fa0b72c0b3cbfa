// Reading and writing at a place of a file: whole, at its end, and where the disk is full.
#include "base/file_io.h"

#include <fcntl.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "support/catch.h"
#include "support/page_cache.h"
#include "support/temp_dir.h"

namespace {

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

}  // namespace

TEST_CASE("file io: what is written at a place is read there, and the offset stands behind it", "[content][file_io]") {
    const support::TempDir directory;
    const base::Fd file(::open((directory.path() + "/f").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    std::uint64_t offset = 3;
    REQUIRE(base::write_at(file.get(), offset, bytes_of("godwit")) == 0);
    CHECK(offset == 9);
    std::string text(6, '?');
    CHECK(base::read_at(file.get(), 3, std::as_writable_bytes(std::span(text))) == 6);
    CHECK(text == "godwit");
    CHECK(base::read_at(file.get(), 7, std::as_writable_bytes(std::span(text))) == 2);
}

TEST_CASE("file io: a full disk is told, and the offset stays where the bytes end", "[content][file_io]") {
    const base::Fd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
    REQUIRE(full);
    std::uint64_t offset = 5;
    CHECK(base::write_at(full.get(), offset, bytes_of("x")) == ENOSPC);
    CHECK(offset == 5);
}

TEST_CASE("file io: exactly so many bytes are read, or it is refused", "[content][file_io]") {
    const support::TempDir directory;
    directory.write("f", "godwit");
    const base::Fd file(::open(directory.at("f").c_str(), O_RDONLY | O_CLOEXEC));
    std::array<std::byte, 4> four{};
    CHECK(base::read_exactly(file.get(), 2, four));
    CHECK(std::memcmp(four.data(), "dwit", four.size()) == 0);
    CHECK_FALSE(base::read_exactly(file.get(), 3, four));
    CHECK_FALSE(base::read_exactly(-1, 0, four));
}

TEST_CASE("file io: bytes that were just read are in memory, and so is what cannot be told", "[content][file_io]") {
    const support::TempDir directory;
    directory.write("f", std::string(100'000, 'x'));
    const base::Fd file(::open(directory.at("f").c_str(), O_RDONLY | O_CLOEXEC));
    CHECK(base::is_in_memory(file.get(), 0, 100'000));
    CHECK(base::is_in_memory(file.get(), 99'999, 1));
    CHECK(base::is_in_memory(file.get(), 200'000, 10));
    CHECK(base::is_in_memory(-1, 0, 10));
}

TEST_CASE("file io: bytes that are on the disk only are not in memory", "[content][file_io]") {
    const support::TempDir directory;
    directory.write("f", std::string(1'000'000, 'x'));
    const base::Fd file(::open(directory.at("f").c_str(), O_RDONLY | O_CLOEXEC));
    if (!support::evict(directory.at("f"))) return;
    CHECK_FALSE(base::is_in_memory(file.get(), 0, 1'000'000));
    std::vector<std::byte> bytes(1'000'000);
    REQUIRE(base::read_exactly(file.get(), 0, bytes));
    CHECK(base::is_in_memory(file.get(), 0, 1'000'000));
}
