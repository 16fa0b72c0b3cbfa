// What each operation does step by step; operations that fail: what they answer, and what is there afterwards.
#include "records/record_operation.h"

#include <fcntl.h>
#include <sys/resource.h>

#include <csignal>
#include <memory>

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

/// The operation with preconditions, which are field lines ended by CRLF: 0, or the status of the refusal.
int with_conditions(RecordBench& bench, Kind kind, const std::string& id, const std::string& fields) {
    const support::ParsedRequest request(support::head("PUT", "/database.txt", fields));
    records::RecordOperation operation(*bench.file, kind, id, {{"a", "z"}}, *request);
    return status_of(bench.finish(operation));
}

}  // namespace

TEST_CASE("record operation: an appended line is in the file at once, and acknowledged when it is on the disk",
          "[records]") {
    RecordBench bench;
    bench.write(kText);
    const auto append = bench.begin(Kind::append, "", {{"a", "z"}});
    CHECK_FALSE(append->advance(support::kWake).has_value());
    CHECK(bench.text() == kText + "id=3&a=z\n");
    CHECK_FALSE(append->advance(support::kWake).has_value());
    CHECK(bench.get("3") == "id=3&a=z");
    const auto next = bench.begin(Kind::append, "", {{"a", "after"}});
    CHECK_FALSE(next->advance(support::kWake).has_value());
    bench.disk.finish_syncs();
    const auto outcome = append->advance(support::kWake);
    REQUIRE(outcome.has_value());
    REQUIRE(outcome->has_value());
    CHECK((*outcome)->id == "3");
    CHECK((*outcome)->line == "id=3&a=z");
}

TEST_CASE("record operation: a rewrite takes the name after its copy is on the disk, and ends when the name is, too",
          "[records]") {
    struct Row {
        Kind kind;
        std::string line;
        std::string text;
    };
    for (const Row& row :
         {Row{Kind::replace, "id=1&a=z", "id=1&a=z\nid=2&a=y\n"}, Row{Kind::remove, "id=1&a=x", "id=2&a=y\n"}}) {
        RecordBench bench;
        bench.write(kText);
        const auto rewrite = bench.begin(row.kind, "1", {{"a", "z"}});
        using Sync = support::StubbornDiskQueue::Kind;
        while (bench.disk.seen.empty()) REQUIRE_FALSE(rewrite->advance(support::kWake).has_value());
        CHECK(bench.disk.seen == std::vector<Sync>{Sync::data});
        CHECK(bench.text() == kText);
        bench.disk.finish_syncs();
        CHECK_FALSE(rewrite->advance(support::kWake).has_value());
        CHECK(bench.disk.seen == std::vector<Sync>{Sync::data, Sync::all});
        CHECK(bench.text() == row.text);
        CHECK_FALSE(rewrite->advance(support::kWake).has_value());
        bench.disk.finish_syncs();
        const auto outcome = rewrite->advance(support::kWake);
        REQUIRE(outcome.has_value());
        REQUIRE(outcome->has_value());
        CHECK((*outcome)->line == row.line);
        CHECK(bench.directory.list() == std::vector<std::string>{"database.txt"});
        CHECK(bench.names.empty());
    }
}

TEST_CASE("record operation: waits for a name that another write holds, and is woken", "[records]") {
    for (const Kind kind : {Kind::append, Kind::replace}) {
        RecordBench bench;
        bench.write(kText);
        const base::Fd directory(::open(bench.directory.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        auto held = std::make_unique<storage::NameClaim>(
            bench.names, bench.disk.wakes(),
            std::vector<storage::NameClaim::Target>{{directory.get(), "database.txt"}});
        REQUIRE(held->advance(support::kNobody));
        const auto operation = bench.begin(kind, kind == Kind::append ? "" : "1", {{"a", "z"}});
        for (int i = 0; i < 5; ++i) {
            CHECK_FALSE(operation->advance(support::kWake).has_value());
            bench.disk.finish_all();
        }
        CHECK(bench.text() == kText);
        std::vector<http::Wake> wakes;
        support::reap(bench.disk, wakes);
        held.reset();
        wakes.clear();
        support::reap(bench.disk, wakes);
        CHECK(wakes == std::vector<http::Wake>{support::kWake});
        CHECK(bench.finish(*operation).has_value());
        CHECK(bench.text() != kText);
        CHECK(bench.names.empty());
    }
}

TEST_CASE("record operation: a read waits for no change, and sees the file as it is", "[records]") {
    RecordBench bench;
    bench.write(kText);
    const auto rewrite = bench.begin(Kind::remove, "1");
    while (bench.disk.seen.empty()) REQUIRE_FALSE(rewrite->advance(support::kWake).has_value());
    const auto read = bench.begin(Kind::read, "1");
    const auto outcome = read->advance(support::kWake);
    REQUIRE(outcome.has_value());
    CHECK((*outcome)->line == "id=1&a=x");
    CHECK(bench.finish(*rewrite).has_value());
    CHECK(bench.get("1") == "404");
}

TEST_CASE("record operation: without durability it waits for no disk", "[records]") {
    for (const Kind kind : {Kind::append, Kind::replace, Kind::remove}) {
        RecordBench bench;
        bench.parts->durability = storage::Durability::none;
        bench.write(kText);
        CHECK(bench.status(kind, kind == Kind::append ? "" : "1", {{"a", "z"}}) == 0);
        CHECK(bench.disk.seen.empty());
        CHECK(bench.text() != kText);
    }
}

TEST_CASE("record operation: preconditions are about the record, or for an append about the file", "[records]") {
    RecordBench bench;
    bench.write(kText);
    const std::string record_tag = records::make_record_tag("id=1&a=x", "");
    const std::string file_tag = support::tag_of(bench.directory.at("database.txt"));
    for (const Kind kind : {Kind::replace, Kind::remove}) {
        CHECK(with_conditions(bench, kind, "1", "If-Match: \"other\"\r\n") == 412);
        CHECK(with_conditions(bench, kind, "1", "If-Match: " + file_tag + "\r\n") == 412);
        CHECK(with_conditions(bench, kind, "1", "If-None-Match: " + record_tag + "\r\n") == 412);
        CHECK(with_conditions(bench, kind, "none", "If-Match: *\r\n") == 404);
    }
    CHECK(with_conditions(bench, Kind::append, "", "If-Match: " + record_tag + "\r\n") == 412);
    CHECK(with_conditions(bench, Kind::append, "", "If-None-Match: *\r\n") == 412);
    CHECK(bench.text() == kText);
    CHECK(with_conditions(bench, Kind::append, "", "If-Match: " + file_tag + "\r\n") == 0);
    CHECK(with_conditions(bench, Kind::replace, "1", "If-Match: " + record_tag + "\r\n") == 0);
    CHECK(bench.text() == "id=1&a=z\nid=2&a=y\nid=3&a=z\n");
}

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
