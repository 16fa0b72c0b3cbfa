// A file of records written anew but for one line, and what stops it.
#include "records/record_copy.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "records/record_reader.h"
#include "storage/property_text.h"
#include "support/record_bench.h"

namespace {

using http::Status;

const std::string kText = "id=1&a=x\nid=2&a=y\nid=3&a=z\n";
constexpr records::RecordPlace kSecond{.offset = 9, .length = 8};

struct Bench : support::RecordBench {
    /// Of `path`; as long as the file is, or `size`.
    records::RecordCopy::Base base(const std::string& path, std::optional<off_t> size = {}) {
        records::RecordCopy::Base made;
        base::Fd opened(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        REQUIRE(::fstat(opened.get(), &made.status) == 0);
        if (size) made.status.st_size = *size;
        auto version = std::make_shared<records::RecordVersion>(records::RecordVersion{made.status});
        made.bytes = std::make_shared<const records::RecordBytes>(std::move(opened), std::move(version), *parts);
        made.old = kSecond;
        return made;
    }
    records::RecordCopy copy(records::RecordCopy::Base of) {
        auto made = records::RecordCopy::create(folder.get(), std::move(of));
        REQUIRE(made.has_value());
        return std::move(*made);
    }
    static std::string read(records::RecordCopy& copy) {
        std::string text(256, '\0');
        const std::string path = "/proc/self/fd/" + std::to_string(copy.file().descriptor());
        const base::Fd opened(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        const ssize_t count = ::read(opened.get(), text.data(), text.size());
        text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
        return text;
    }
    base::Fd folder{::open(directory.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
};

}  // namespace

TEST_CASE("record copy: every line but one is the same, and that is another or gone", "[records]") {
    Bench bench;
    bench.write(kText);
    for (const bool removes : {false, true}) {
        auto base = bench.base(bench.directory.at("database.txt"));
        if (!removes) base.line = "id=2&a=longer";
        auto copy = bench.copy(std::move(base));
        CHECK_FALSE(copy.is_whole());
        REQUIRE(copy.copy_slice().has_value());
        CHECK(copy.is_whole());
        CHECK(Bench::read(copy) == (removes ? "id=1&a=x\nid=3&a=z\n" : "id=1&a=x\nid=2&a=longer\nid=3&a=z\n"));
    }
    CHECK(bench.text() == kText);
    CHECK(bench.directory.list() == std::vector<std::string>{"database.txt"});
}

TEST_CASE("record copy: it has the mode and the properties of the file that it replaces", "[records]") {
    Bench bench;
    bench.write(kText);
    const std::string path = bench.directory.at("database.txt");
    const base::Fd old(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    REQUIRE(::fchmod(old.get(), 0640) == 0);
    const bool keeps_properties = storage::write_property_text(old.get(), "kept") == 0;
    auto copy = bench.copy(bench.base(path));
    REQUIRE(copy.take_after_base().has_value());
    struct stat status{};
    REQUIRE(::fstat(copy.file().descriptor(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0640);
    if (keeps_properties) CHECK(storage::read_property_text(copy.file().descriptor()) == "kept");
}

TEST_CASE("record copy: a file that became shorter was changed by another program", "[records]") {
    Bench bench;
    bench.write(kText);
    auto copy = bench.copy(bench.base(bench.directory.at("database.txt"), static_cast<off_t>(kText.size() + 1)));
    const auto copied = copy.copy_slice();
    REQUIRE_FALSE(copied.has_value());
    CHECK(copied.error().status == Status::service_unavailable);
}

TEST_CASE("record copy: a disk that cannot be read has failed, and nobody changed the file", "[records]") {
    Bench bench;
    // No memory is mapped at its beginning: reading there is EIO.
    auto copy = bench.copy(bench.base("/proc/self/mem", off_t{4096}));
    const auto copied = copy.copy_slice();
    REQUIRE_FALSE(copied.has_value());
    CHECK(copied.error().status == Status::internal_server_error);
}

TEST_CASE("record reader: a disk that failed is told from a file that became shorter", "[records]") {
    Bench bench;
    bench.write("id=1\n");
    const base::Fd file(::open(bench.directory.at("database.txt").c_str(), O_RDONLY | O_CLOEXEC));
    records::RecordReader shorter(file.get(), 6, 100);
    CHECK(shorter.next() == records::RecordReader::Step::failed);
    CHECK(shorter.error() == 0);
    const base::Fd memory(::open("/proc/self/mem", O_RDONLY | O_CLOEXEC));
    records::RecordReader failed(memory.get(), 4096, 100);
    CHECK(failed.next() == records::RecordReader::Step::failed);
    CHECK(failed.error() == EIO);
}
