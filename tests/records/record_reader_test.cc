// Files cut into lines, wherever blocks end.
#include "records/record_reader.h"

#include <fcntl.h>

#include <string>
#include <vector>

#include "base/fd.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using records::RecordReader;

namespace {

constexpr std::size_t kBlockBytes = std::size_t{64} * 1024;

struct Lines {
    std::vector<std::string> lines;
    std::vector<std::uint64_t> offsets;
    RecordReader::Step last = RecordReader::Step::line;
    bool ended_with_newline = false;
    int error = 0;
};

struct File {
    explicit File(const std::string& text) : bytes(text.size()) {
        directory.write("f", text);
        file = base::Fd(::open(directory.at("f").c_str(), O_RDONLY | O_CLOEXEC));
    }
    [[nodiscard]] Lines read(std::size_t max_line_bytes = 1000, std::uint64_t beyond = 0) const {
        RecordReader reader(file.get(), bytes + beyond, max_line_bytes);
        Lines all;
        for (;;) {
            all.last = reader.next();
            if (all.last == RecordReader::Step::skipped) continue;
            if (all.last != RecordReader::Step::line) break;
            all.lines.emplace_back(reader.line());
            all.offsets.push_back(reader.offset());
        }
        all.ended_with_newline = reader.ended_with_newline();
        all.error = reader.error();
        return all;
    }

    support::TempDir directory;
    base::Fd file;
    std::uint64_t bytes;
};

}  // namespace

TEST_CASE("record reader: gives each line with its place", "[records]") {
    const Lines read = File("a\n\nbc\r\nlast").read();
    CHECK(read.lines == std::vector<std::string>{"a", "", "bc\r", "last"});
    CHECK(read.offsets == std::vector<std::uint64_t>{0, 2, 3, 7});
    CHECK(read.last == RecordReader::Step::end);
    CHECK_FALSE(read.ended_with_newline);
    CHECK(File("a\n").read().ended_with_newline);
    CHECK(File("").read().lines.empty());
    CHECK(File("").read().ended_with_newline);
}

TEST_CASE("record reader: a line is whole wherever a block ends in it", "[records]") {
    for (std::size_t before = kBlockBytes - 8; before <= kBlockBytes + 2; ++before) {
        INFO("the line begins at " << before);
        const std::string first(before - 1, 'x');
        const Lines read = File(first + "\nid=1&a\nend\n").read(2 * kBlockBytes);
        REQUIRE(read.lines.size() == 3);
        CHECK(read.lines[1] == "id=1&a");
        CHECK(read.offsets == std::vector<std::uint64_t>{0, before, before + 7});
    }
}

TEST_CASE("record reader: a line that is too long is passed over, and the next one counts", "[records]") {
    for (const std::size_t length : {std::size_t{11}, std::size_t{5000}, 3 * kBlockBytes}) {
        INFO(length << " bytes");
        const Lines read = File("one\n" + std::string(length, 'x') + "\ntwo\n").read(10);
        CHECK(read.lines == std::vector<std::string>{"one", "two"});
        CHECK(read.offsets == std::vector<std::uint64_t>{0, 4 + length + 1});
        const Lines last = File("one\n" + std::string(length, 'x')).read(10);
        CHECK(last.lines == std::vector<std::string>{"one"});
        CHECK_FALSE(last.ended_with_newline);
    }
    CHECK(File(std::string(10, 'x') + "\n").read(10).lines.size() == 1);
}

TEST_CASE("record reader: a file that became shorter and a disk that fails are told apart", "[records]") {
    const Lines shorter = File("a\n").read(1000, 5);
    CHECK(shorter.last == RecordReader::Step::failed);
    CHECK(shorter.error == 0);
    RecordReader none(-1, 5, 1000);
    CHECK(none.next() == RecordReader::Step::failed);
    CHECK(none.error() == EBADF);
}
