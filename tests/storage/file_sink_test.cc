// What an upload meets before its commit: disks that are full or read-only, and space that is reserved.
#include "storage/file_sink.h"

#include <sys/mount.h>

#include <filesystem>
#include <string>

#include "support/catch.h"
#include "support/write_site.h"

namespace {

using http::Status;
using support::bytes;
using support::WriteSite;

/// A small tmpfs, where this process may mount one.
class SmallDisk {
public:
    SmallDisk(const std::string& at, const char* options) : at_(at) {
        std::filesystem::create_directory(at);
        if (::mount("none", at.c_str(), "tmpfs", 0, options) == 0) return;
        WARN("no right to mount a small file system: skipped");
        at_.clear();
    }
    ~SmallDisk() {
        if (is_mounted()) ::umount2(at_.c_str(), MNT_DETACH);
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    [[nodiscard]] bool is_mounted() const { return !at_.empty(); }

private:
    std::string at_;
};

}  // namespace

TEST_CASE("file sink: a full disk is refused before the body, or at the block that does not fit", "[content][sink]") {
    WriteSite site;
    site.directory.write("kept", "x");
    const SmallDisk disk(site.directory.at("small"), "size=256k");
    if (!disk.is_mounted()) return;
    site.directory.write("small/a", "old");
    const auto announced = storage::FileSink::open(*site.parts, "/small/a", 1024 * 1024, {});
    REQUIRE_FALSE(announced.has_value());
    CHECK(announced.error().status == Status::insufficient_storage);
    const auto streamed = site.put("/small/a", std::string(1024 * 1024, 'x'));
    REQUIRE_FALSE(streamed.has_value());
    CHECK(streamed.error().status == Status::insufficient_storage);
    CHECK(site.directory.read("small/a") == "old");
    CHECK(site.put("/small/a", "fits").has_value());
    CHECK(site.directory.read("small/a") == "fits");

    site.parts->min_free_bytes = 200 * 1024;
    CHECK(storage::FileSink::open(*site.parts, "/small/b", 16 * 1024, {}).has_value());
    const auto refused = storage::FileSink::open(*site.parts, "/small/b", 100 * 1024, {});
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().status == Status::insufficient_storage);
    CHECK_FALSE(site.directory.has("small/b"));
}

TEST_CASE("file sink: a read-only file system is refused before the body", "[content][sink]") {
    WriteSite site;
    const SmallDisk disk(site.directory.at("small"), "size=256k");
    if (!disk.is_mounted()) return;
    site.directory.write("small/a", "old");
    REQUIRE(::mount("none", site.directory.at("small").c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, "size=256k") == 0);
    const auto refused = site.open("/small/a");
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().status == Status::forbidden);
    CHECK(support::remove(site, "/small/a").error().status == Status::forbidden);
    CHECK(site.directory.read("small/a") == "old");
}

TEST_CASE("file sink: an absurd length is refused without a byte", "[content][sink]") {
    WriteSite site;
    for (const std::uint64_t length : {std::uint64_t{99'999'999'999'999}, UINT64_MAX}) {
        const auto refused = storage::FileSink::open(*site.parts, "/a", length, {});
        REQUIRE_FALSE(refused.has_value());
        CHECK(http::code(refused.error().status) / 100 != 2);
    }
    CHECK(site.directory.list().empty());
}

TEST_CASE("file sink: reserved space that was not used does not lengthen the file", "[content][sink]") {
    WriteSite site;
    auto sink = storage::FileSink::open(*site.parts, "/a", 4 * 1024 * 1024, {});
    REQUIRE(sink.has_value());
    REQUIRE(sink->write(bytes("short")).has_value());
    const auto commit = std::move(*sink).finish();
    REQUIRE(support::run(*commit, site.disk).has_value());
    CHECK(site.directory.read("a") == "short");
}
