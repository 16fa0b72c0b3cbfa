// Operations that fail: what they answer, and what is there afterwards.
#include "records/record_operation.h"

#include <sys/resource.h>

#include <csignal>

#include "support/record_bench.h"

namespace {

using support::RecordBench;
using Kind = RecordBench::Kind;

const std::string kText = "id=1&a=x\nid=2&a=y\n";

/// No file grows beyond `bytes` while this lives: a write is cut there, or fails with EFBIG.
class FileSizeLimit {
public:
    explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        REQUIRE(::getrlimit(RLIMIT_FSIZE, &before_) == 0);
        const rlimit limit{bytes, before_.rlim_max};
        REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
    }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;
    ~FileSizeLimit() {
        static_cast<void>(::setrlimit(RLIMIT_FSIZE, &before_));
        static_cast<void>(std::signal(SIGXFSZ, handler_));
    }

private:
    struct rlimit before_{};
    void (*handler_)(int);
};

int status_of(const records::RecordOperation::Outcome& outcome) {
    return outcome ? 0 : http::code(outcome.error().status);
}

}  // namespace

TEST_CASE("record operation: too little free space is 507 before anything is written, and names no option",
          "[records]") {
    RecordBench bench;
    bench.parts->min_free_bytes = UINT64_MAX / 2;
    CHECK(bench.status(Kind::append, "", {{"a", "z"}}) == 507);
    CHECK(bench.directory.list().empty());
    bench.write(kText);
    for (const Kind kind : {Kind::append, Kind::replace, Kind::remove}) {
        const auto outcome = bench.change(kind, kind == Kind::append ? "" : "1", {{"a", "z"}});
        REQUIRE(status_of(outcome) == 507);
        CHECK(outcome.error().reason.find("--") == std::string_view::npos);
    }
    CHECK(bench.text() == kText);
    CHECK(bench.directory.list() == std::vector<std::string>{"database.txt"});
}

TEST_CASE("record operation: a line that came in by half is taken back", "[records]") {
    RecordBench bench;
    bench.write(kText);
    {
        const FileSizeLimit limit(kText.size() + 5);
        CHECK(bench.status(Kind::append, "", {{"a", "long enough"}}) != 0);
    }
    CHECK(bench.text() == kText);
    CHECK(bench.change(Kind::append, "", {{"a", "z"}})->id == "3");
    CHECK(bench.text() == kText + "id=3&a=z\n");
}

TEST_CASE("record operation: a file that was made for a line that does not fit goes again", "[records]") {
    RecordBench bench;
    {
        const FileSizeLimit limit(5);
        CHECK(bench.status(Kind::append, "", {{"a", "long enough"}}) != 0);
    }
    CHECK(bench.directory.list().empty());
    CHECK(bench.names.empty());
}

TEST_CASE("record operation: a rewrite that does not fit leaves the file and nothing beside it", "[records]") {
    RecordBench bench;
    bench.write(kText);
    {
        const FileSizeLimit limit(5);
        CHECK(bench.status(Kind::replace, "1", {{"a", "long enough"}}) != 0);
    }
    CHECK(bench.text() == kText);
    CHECK(bench.directory.list() == std::vector<std::string>{"database.txt"});
}

TEST_CASE("record operation: an answer that a change is not durable says that it is in the file", "[records]") {
    for (const Kind kind : {Kind::append, Kind::replace, Kind::remove}) {
        RecordBench bench;
        bench.write(kText);
        if (kind == Kind::append) bench.disk.data_error = EIO;
        bench.disk.directory_error = EIO;
        const auto outcome = bench.change(kind, kind == Kind::append ? "" : "1", {{"a", "z"}});
        REQUIRE(status_of(outcome) == 500);
        CHECK(outcome.error().reason.find("the change is in the file") == 0);
        CHECK(bench.text() != kText);
    }
}

TEST_CASE("record operation: a copy that is not on the disk does not take the name", "[records]") {
    RecordBench bench;
    bench.write(kText);
    bench.disk.data_error = ENOSPC;
    CHECK(bench.status(Kind::replace, "1", {{"a", "z"}}) == 507);
    CHECK(bench.text() == kText);
    CHECK(bench.directory.list() == std::vector<std::string>{"database.txt"});
}
