// Steps there and back, and the calls themselves.
#include "storage/disk_step.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <vector>

#include "storage/disk_queue.h"
#include "support/catch.h"
#include "support/temp_dir.h"

namespace {

using Kind = storage::DiskStep::Kind;
using storage::DiskStep;

/// As many descriptors as come along, each another number.
std::vector<base::Fd> open_files(std::size_t count) {
    std::vector<base::Fd> files;
    while (files.size() < count) files.emplace_back(::open("/", O_PATH | O_CLOEXEC));
    return files;
}

std::vector<DiskStep> one_of_each(int first, int second) {
    return {
        {.kind = Kind::sync_data, .file = first},
        {.kind = Kind::sync_all, .file = second},
        {.kind = Kind::close, .file = first},
        {.kind = Kind::remove, .file = second, .from = ".godwit-1"},
        {.kind = Kind::link_file, .file = first, .directory = second, .to = "name"},
        {.kind = Kind::link, .file = second, .directory = first, .flags = 1, .from = "a", .to = "b"},
        {.kind = Kind::rename, .file = first, .directory = first, .flags = 7, .from = std::string(255, 'x'), .to = "b"},
        {.kind = Kind::read, .file = second, .length = 524'288, .offset = 5'000'000'000}};
}

}  // namespace

TEST_CASE("disk step: steps arrive as they were sent, with the descriptors that came along", "[storage][disk]") {
    const storage::DiskMessage message = storage::encode(one_of_each(70, 71));
    CHECK(message.files == std::vector<int>{70, 71});
    const std::vector<base::Fd> files = open_files(2);
    const auto steps = storage::decode_steps(message.bytes, files);
    REQUIRE(steps.has_value());
    CHECK(*steps == one_of_each(files[0].get(), files[1].get()));
}

TEST_CASE("disk step: a message that is cut, or lacks a descriptor, is none", "[storage][disk]") {
    const std::vector<base::Fd> files = open_files(2);
    for (const DiskStep& step : one_of_each(70, 71)) {
        const storage::DiskMessage message = storage::encode(std::vector{step});
        for (std::size_t length = 1; length < message.bytes.size(); ++length) {
            const std::span<const char> cut = std::span(message.bytes).first(length);
            CHECK_FALSE(storage::decode_steps(cut, files).has_value());
        }
        const auto fewer = std::span(files).first(message.files.size() - 1);
        CHECK_FALSE(storage::decode_steps(message.bytes, fewer).has_value());
    }
    std::vector<char> unknown = storage::encode(std::vector{DiskStep{.kind = Kind::sync_all, .file = 1}}).bytes;
    unknown[0] = 100;
    CHECK_FALSE(storage::decode_steps(unknown, files).has_value());
}

TEST_CASE("disk step: the longest chain of namings fits in a message", "[storage][disk]") {
    const std::string name(255, 'n');
    const std::vector<DiskStep> steps(64, {.kind = Kind::rename, .file = 3, .directory = 4, .from = name, .to = name});
    CHECK(storage::encode(steps).bytes.size() <= storage::kMostStepsBytes);
}

TEST_CASE("disk step: answers have an errno for each step", "[storage][disk]") {
    const std::vector<int> errors{0, ENOENT, EIO};
    CHECK(storage::decode_errors(storage::encode(errors), 3) == errors);
    CHECK_FALSE(storage::decode_errors(storage::encode(errors), 2).has_value());
    CHECK_FALSE(storage::decode_errors(std::vector<char>(11), 3).has_value());
}

TEST_CASE("disk step: a file without a name is linked by its descriptor, whichever number it has here",
          "[storage][disk]") {
    const support::TempDir directory;
    const base::Fd folder(::open(directory.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const base::Fd file(::open(directory.path().c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    if (!file) {
        WARN("no files without a name on this file system: skipped");
        return;
    }
    REQUIRE(::write(file.get(), "text", 4) == 4);
    const storage::NamingCall call{.kind = storage::NamingCall::Kind::link,
                                   .from_directory = AT_FDCWD,
                                   .from = "/proc/self/fd/9999",
                                   .to_directory = folder.get(),
                                   .to = "named",
                                   .flags = AT_SYMLINK_FOLLOW,
                                   .file = file.get()};
    CHECK(storage::carry_out(DiskStep::of(call)) == 0);
    CHECK(directory.read("named") == "text");
    CHECK(storage::carry_out(DiskStep::of(call)) == EEXIST);
}

TEST_CASE("disk step: a part of a file is read, also where it ends earlier", "[storage][disk]") {
    const support::TempDir directory;
    directory.write("a", std::string(100'000, 'x'));
    const base::Fd file(::open(directory.at("a").c_str(), O_RDONLY | O_CLOEXEC));
    CHECK(storage::carry_out({.kind = Kind::read, .file = file.get(), .length = 90'000, .offset = 5'000}) == 0);
    CHECK(storage::carry_out({.kind = Kind::read, .file = file.get(), .length = 90'000, .offset = 50'000}) == 0);
    CHECK(storage::carry_out({.kind = Kind::read, .file = -1, .length = 1}) == EBADF);
}

TEST_CASE("disk step: only names of the server's own are removed", "[storage][disk]") {
    const support::TempDir directory;
    directory.write("a", "x");
    directory.write(".godwit-1", "x");
    const base::Fd folder(::open(directory.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    CHECK(storage::carry_out({.kind = Kind::remove, .file = folder.get(), .from = ".godwit-1"}) == 0);
    CHECK(storage::carry_out({.kind = Kind::remove, .file = folder.get(), .from = "a"}) == EINVAL);
    CHECK(directory.list() == std::vector<std::string>{"a"});
}
