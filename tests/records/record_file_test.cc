// The file of records under its operations: its index, the order of changes, and other programs that write to it.
#include "records/record_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/record_bench.h"

using support::RecordBench;
using Kind = RecordBench::Kind;

namespace {

/// `count` lines "id=N&name=record+N".
std::string many(int count) {
    std::string text;
    for (int i = 1; i <= count; ++i) {
        text += "id=" + std::to_string(i) + "&name=record+" + std::to_string(i) + "\n";
    }
    return text;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    const std::size_t at = text.find(from);
    return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("records: the first one makes the file, and takes the number 1", "[content][records]") {
    RecordBench bench;
    CHECK(bench.get("1") == "404");
    const auto first = bench.change(Kind::append, "", {{"name", "Ada"}});
    REQUIRE(first.has_value());
    CHECK(first->id == "1");
    CHECK(first->line == "id=1&name=Ada");
    // The line and, because the name is new, its directory.
    using Sync = support::StubbornDiskQueue::Kind;
    CHECK(bench.disk.seen == std::vector<Sync>{Sync::data, Sync::all});
    CHECK(bench.change(Kind::append, "", {{"name", "Bob"}})->id == "2");
    CHECK(bench.disk.seen == std::vector<Sync>{Sync::data, Sync::all, Sync::data});
    CHECK(bench.text() == "id=1&name=Ada\nid=2&name=Bob\n");
    CHECK(bench.get("1") == "id=1&name=Ada");
    CHECK(bench.get("2") == "id=2&name=Bob");
}

TEST_CASE("records: an id of one's own is kept, and taken once", "[content][records]") {
    RecordBench bench;
    CHECK(bench.status(Kind::append, "ada", {{"n", "1"}}) == 0);
    CHECK(bench.status(Kind::append, "ada", {{"n", "2"}}) == 409);
    CHECK(bench.change(Kind::append, "41", {{"n", "3"}})->id == "41");
    CHECK(bench.change(Kind::append, "", {{"n", "4"}})->id == "42");
    CHECK(bench.status(Kind::remove, "42") == 0);
    CHECK(bench.change(Kind::append, "", {{"n", "5"}})->id == "43");  // a number is not given twice
    CHECK(bench.status(Kind::append, "999999999999999", {{"n", "6"}}) == 0);
    CHECK(bench.status(Kind::append, "", {{"n", "7"}}) == 422);
    CHECK(bench.text() == "id=ada&n=1\nid=41&n=3\nid=43&n=5\nid=999999999999999&n=6\n");
}

TEST_CASE("records: what an editor does to the file is noticed", "[content][records]") {
    RecordBench bench;
    bench.write("# people\n\nid=1&name=Ada\nnot a record\n");
    CHECK(bench.get("1") == "id=1&name=Ada");
    CHECK(bench.status(Kind::append, "", {{"name", "Bob"}}) == 0);
    bench.write("name=Cyd&id=9\r\nid=1&name=Eve\nid=1&name=second\n");
    CHECK(bench.get("1") == "id=1&name=Eve");
    CHECK(bench.get("2") == "404");
    CHECK(bench.get("9") == "name=Cyd&id=9\r");
    CHECK(bench.change(Kind::append, "", {{"name", "Dan"}})->id == "10");
    // The first of two with one id goes, and the second is found.
    CHECK(bench.status(Kind::remove, "1") == 0);
    CHECK(bench.get("1") == "id=1&name=second");
    ::unlink(bench.directory.at("database.txt").c_str());
    CHECK(bench.get("1") == "404");
    CHECK(bench.change(Kind::append, "", {{"name", "new"}})->id == "1");
    CHECK(bench.text() == "id=1&name=new\n");
}

TEST_CASE("records: replacing and removing leaves every other line as it is", "[content][records]") {
    RecordBench bench;
    bench.write("# head\nid=1&a=1\n\nid=2&a=2\nsomething\nid=3&a=3\n");
    ::chmod(bench.directory.at("database.txt").c_str(), 0640);
    CHECK(bench.status(Kind::replace, "2", {{"a", "a longer value"}}) == 0);
    CHECK(bench.text() == "# head\nid=1&a=1\n\nid=2&a=a+longer+value\nsomething\nid=3&a=3\n");
    CHECK(bench.get("3") == "id=3&a=3");
    CHECK(bench.status(Kind::remove, "1") == 0);
    CHECK(bench.text() == "# head\n\nid=2&a=a+longer+value\nsomething\nid=3&a=3\n");
    CHECK(bench.get("1") == "404");
    CHECK(bench.get("2") == "id=2&a=a+longer+value");
    CHECK(bench.status(Kind::replace, "3", {{"b", ""}}) == 0);
    CHECK(bench.status(Kind::remove, "2") == 0);
    CHECK(bench.text() == "# head\n\nsomething\nid=3&b=\n");
    CHECK(bench.status(Kind::remove, "3") == 0);
    CHECK(bench.status(Kind::remove, "3") == 404);
    CHECK(bench.status(Kind::replace, "3", {{"a", "1"}}) == 404);
    CHECK(bench.text() == "# head\n\nsomething\n");
    CHECK(bench.directory.list() == std::vector<std::string>{"database.txt"});
    struct stat status{};
    REQUIRE(::stat(bench.directory.at("database.txt").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0640);
}

TEST_CASE("records: a line without its newline is completed before the next", "[content][records]") {
    RecordBench bench;
    bench.write("id=1&a=1\nid=2&a=to");
    CHECK(bench.status(Kind::append, "", {{"a", "3"}}) == 0);
    CHECK(bench.text() == "id=1&a=1\nid=2&a=to\nid=3&a=3\n");
    CHECK(bench.get("3") == "id=3&a=3");
    bench.write("id=1&a=1\nid=2&a=to");
    CHECK(bench.status(Kind::replace, "2", {{"a", "2"}}) == 0);
    CHECK(bench.text() == "id=1&a=1\nid=2&a=2\n");
    CHECK(bench.status(Kind::append, "", {{"a", "3"}}) == 0);
    CHECK(bench.text() == "id=1&a=1\nid=2&a=2\nid=4&a=3\n");
    bench.write("id=1&a=1\nid=2&a=to");
    CHECK(bench.status(Kind::remove, "2") == 0);
    CHECK(bench.status(Kind::append, "7", {{"a", "3"}}) == 0);
    CHECK(bench.text() == "id=1&a=1\nid=7&a=3\n");
}

TEST_CASE("records: lines across the pages of the file are whole, wherever a page ends in them", "[content][records]") {
    RecordBench bench;
    std::string expected;
    for (int i = 1; i <= 40; ++i) {
        const std::string value(static_cast<std::size_t>(i) * 331, 'v');
        REQUIRE(bench.status(Kind::append, "", {{"a", value}}) == 0);
        expected += "id=" + std::to_string(i) + "&a=" + value + "\n";
    }
    CHECK(bench.text() == expected);
    bench.write("id=1&a=" + std::string(4088, 'v'));  // its newline is the page's last byte
    REQUIRE(bench.status(Kind::append, "", {{"a", "2"}}) == 0);
    CHECK(bench.get("41") == "id=41&a=2");
}

TEST_CASE("records: what a kill left of an append is a comment, and stays one", "[content][records]") {
    RecordBench bench;
    bench.write("id=1&a=1\n#d=2&a=torn");
    CHECK(bench.get("2") == "404");
    CHECK(bench.change(Kind::append, "", {{"a", "3"}})->id == "2");
    CHECK(bench.text() == "id=1&a=1\n#d=2&a=torn\nid=2&a=3\n");
}

TEST_CASE("records: 24,000 lines are indexed and rewritten in slices", "[content][records]") {
    RecordBench bench;
    const std::string before = many(24'000);
    REQUIRE(before.size() > 2 * records::kRecordSliceBytes);
    const std::string after = replaced(before, "id=10000&name=record+10000\n", "id=10000&name=another\n");
    bench.write(before);
    const auto operation = bench.begin(Kind::replace, "10000", {{"name", "another"}});
    int calls = 0;
    std::vector<http::Wake> wakes;
    auto outcome = operation->advance(support::kWake);
    for (; !outcome; outcome = operation->advance(support::kWake)) {
        CHECK(bench.directory.list() == std::vector<std::string>{"database.txt"});
        // The name changes its file between the two syncs, in one step.
        const bool is_whole = bench.text() == (bench.disk.seen.size() < 2 ? before : after);
        CHECK(is_whole);
        ++calls;
        wakes.clear();
        support::reap(bench.disk, wakes);
        REQUIRE(wakes == std::vector<http::Wake>{support::kWake});
    }
    REQUIRE(outcome->has_value());
    CHECK(calls >= 5);
    // The index was moved along: no call reads the whole file again.
    const auto last = bench.begin(Kind::read, "24000");
    CHECK(last->advance(support::kWake).value()->line == "id=24000&name=record+24000");
    const auto append = bench.begin(Kind::append, "", {{"name", "x"}});
    CHECK_FALSE(append->advance(support::kWake).has_value());  // only the sync is left
    CHECK(bench.disk.seen.size() == 3);
    CHECK(bench.finish(*append)->id == "24001");
}

TEST_CASE("records: changes come in the order of their requests", "[content][records]") {
    RecordBench bench;
    bench.write(many(20'000));
    const auto rewrite = bench.begin(Kind::replace, "1", {{"name", "first"}});
    CHECK_FALSE(rewrite->advance(1).has_value());
    const auto append = bench.begin(Kind::append, "", {{"name", "second"}});
    const auto remove = bench.begin(Kind::remove, "20001");
    const auto last = bench.begin(Kind::append, "20001", {{"name", "fourth"}});
    CHECK_FALSE(append->advance(2).has_value());
    CHECK_FALSE(remove->advance(3).has_value());
    CHECK_FALSE(last->advance(4).has_value());
    const std::vector<records::RecordOperation*> all{rewrite.get(), append.get(), remove.get(), last.get()};
    std::vector<http::Wake> order;
    std::vector<http::Wake> wakes;
    for (int turns = 0; order.size() < 4 && turns < 1000; ++turns) {
        wakes.clear();
        support::reap(bench.disk, wakes);
        for (const http::Wake wake : wakes) {
            if (std::ranges::find(order, wake) != order.end()) continue;
            const auto outcome = all[wake - 1]->advance(wake);
            if (!outcome) continue;
            CHECK(outcome->has_value());
            order.push_back(wake);
        }
    }
    CHECK(order == std::vector<http::Wake>{1, 2, 3, 4});
    const std::string text = bench.text();
    CHECK(text.starts_with("id=1&name=first\nid=2&"));
    CHECK(text.ends_with("id=20000&name=record+20000\nid=20001&name=fourth\n"));
}

TEST_CASE("records: appends share the wait for the disk", "[content][records]") {
    RecordBench bench;
    bench.write("");
    const auto first = bench.begin(Kind::append, "", {{"n", "1"}});
    const auto second = bench.begin(Kind::append, "", {{"n", "2"}});
    CHECK_FALSE(first->advance(1).has_value());
    CHECK_FALSE(second->advance(2).has_value());
    CHECK(bench.disk.seen.size() == 2);  // both written, both waited for
    CHECK(bench.text() == "id=1&n=1\nid=2&n=2\n");
    bench.disk.finish_all();
    CHECK(second->advance(2).value()->id == "2");
    CHECK(first->advance(1).value()->id == "1");
}

TEST_CASE("records: the blocks of the old file are given back in the background", "[content][records]") {
    RecordBench bench;
    bench.write(many(60'000));
    CHECK(bench.change(Kind::remove, "3").has_value());
    CHECK(bench.disk.closed_later == 2);  // the one that reads it, and the one that was kept while its name went
}

TEST_CASE("records: a rewrite that is given up leaves the file whole and nothing beside it", "[content][records]") {
    RecordBench bench;
    const std::string before = many(20'000);
    bench.write(before);
    CHECK(bench.get("1") != "404");
    auto rewrite = bench.begin(Kind::remove, "3");
    CHECK_FALSE(rewrite->advance(1).has_value());
    const auto waiting = bench.begin(Kind::append, "", {{"n", "1"}});
    CHECK_FALSE(waiting->advance(2).has_value());
    rewrite.reset();
    const bool is_whole = bench.text() == before;
    CHECK(is_whole);
    CHECK(bench.directory.list() == std::vector<std::string>{"database.txt"});
    // The next in the row was woken.
    std::vector<http::Wake> wakes;
    support::reap(bench.disk, wakes);
    CHECK(std::ranges::find(wakes, http::Wake{2}) != wakes.end());
    CHECK_FALSE(waiting->advance(2).has_value());
    bench.disk.finish_all();
    CHECK(waiting->advance(2).value()->id == "20001");
    const bool is_appended = bench.text() == before + "id=20001&n=1\n";
    CHECK(is_appended);
}

TEST_CASE("records: an edit during a rewrite is not lost", "[content][records]") {
    RecordBench bench;
    bench.write(many(20'000));
    const auto rewrite = bench.begin(Kind::remove, "3");
    // Everything is copied; the new file waits for the disk.
    while (bench.disk.seen.empty()) REQUIRE_FALSE(rewrite->advance(support::kWake).has_value());
    bench.write("id=3&a=b\nid=4&a=from+an+editor\n");
    REQUIRE(bench.finish(*rewrite).has_value());
    CHECK(bench.text() == "id=4&a=from+an+editor\n");
    CHECK(bench.directory.list() == std::vector<std::string>{"database.txt"});
}

TEST_CASE("records: a disk that fails is told, and the file stays", "[content][records]") {
    RecordBench bench;
    bench.write("id=1&a=1\n");
    bench.disk.data_error = EIO;
    CHECK(bench.status(Kind::replace, "1", {{"a", "2"}}) == 500);
    CHECK(bench.text() == "id=1&a=1\n");
    CHECK(bench.status(Kind::append, "", {{"a", "2"}}) == 500);
    bench.disk.data_error = 0;
    CHECK(bench.status(Kind::replace, "1", {{"a", "2"}}) == 0);
    CHECK(bench.get("1") == "id=1&a=2");
}

TEST_CASE("records: bounds of the file hold", "[content][records]") {
    records::RecordLimits limits;
    limits.max_file_bytes = 40;
    limits.max_line_bytes = 20;
    RecordBench bench(RecordBench::fake_clock(), limits);
    CHECK(bench.status(Kind::append, "", {{"a", "0123456789"}}) == 0);
    CHECK(bench.status(Kind::append, "", {{"a", "012345678901234567890"}}) == 422);
    CHECK(bench.status(Kind::append, "", {{"a", "0123456789"}}) == 0);
    CHECK(bench.status(Kind::append, "", {{"a", "0123456789"}}) == 507);
    CHECK(bench.status(Kind::replace, "1", {{"a", "012345678901234567890"}}) == 422);
    CHECK(bench.text() == "id=1&a=0123456789\nid=2&a=0123456789\n");
    // A line that is too long is no record, and stays.
    bench.write("id=1&a=" + std::string(300'000, 'x') + "\nid=2&a=2\n");
    CHECK(bench.get("1") == "404");
    CHECK(bench.get("2") == "id=2&a=2");
    limits = {};
    limits.max_records = 2;
    RecordBench few(RecordBench::fake_clock(), limits);
    few.write("id=1&a=\nid=2&a=\n");
    CHECK(few.status(Kind::append, "", {{"a", "1"}}) == 507);
    few.write("id=1&a=\nid=2&a=\nid=3&a=\n");
    CHECK(few.get("1") == "507");
}

TEST_CASE("records: a link or a directory is not written", "[content][records]") {
    RecordBench bench;
    bench.directory.write("other.txt", "id=1&a=1\n");
    REQUIRE(::symlink("other.txt", bench.directory.at("database.txt").c_str()) == 0);
    CHECK(bench.get("1") == "id=1&a=1");
    CHECK(bench.status(Kind::append, "", {{"a", "2"}}) == 403);
    CHECK(bench.status(Kind::remove, "1") == 403);
    CHECK(bench.directory.read("other.txt") == "id=1&a=1\n");
    RecordBench other;
    other.directory.make_directory("database.txt");
    CHECK(other.status(Kind::append, "", {{"a", "2"}}) == 409);
    CHECK(other.get("1") == "409");
}

TEST_CASE("records: a young file is read again until its stamps can be trusted", "[content][records]") {
    base::SystemClock clock;
    RecordBench bench(clock);
    bench.write("id=1&a=1\n");
    clock.update();
    CHECK(bench.get("1") == "id=1&a=1");
    bench.write("id=1&a=2\n");  // within the same tick, of the same size
    CHECK(bench.get("1") == "id=1&a=2");
    const auto rewrite = bench.begin(Kind::replace, "1", {{"a", "3"}});
    CHECK_FALSE(rewrite->advance(support::kWake).has_value());
    bench.write("id=1&a=2\nid=2&a=2\n");
    std::optional<records::RecordOperation::Outcome> outcome;
    std::vector<http::Wake> wakes;
    while (!outcome) {
        clock.update();
        support::reap(bench.disk, wakes);
        outcome = rewrite->advance(support::kWake);
    }
    CHECK(outcome->has_value());
    CHECK(bench.text() == "id=1&a=3\nid=2&a=2\n");
}

TEST_CASE("records: an answer on its way is of one version, appends apart", "[content][records]") {
    RecordBench bench;
    bench.write("id=1&a=1\n");
    CHECK(bench.get("1") == "id=1&a=1");
    const auto snapshot = bench.file->snapshot();
    REQUIRE(snapshot.has_value());
    CHECK(snapshot->length == 9);
    CHECK(bench.status(Kind::append, "", {{"a", "2"}}) == 0);
    CHECK(snapshot->bytes->unchanged());
    CHECK(bench.file->snapshot()->length == 18);
    CHECK(bench.file->snapshot()->entity_tag != snapshot->entity_tag);
    CHECK(bench.status(Kind::remove, "1") == 0);
    CHECK(snapshot->bytes->unchanged());  // its file has no name any more, and its bytes still
    const auto later = bench.file->snapshot();
    bench.write("id=9&a=9\n");
    CHECK_FALSE(later->bytes->unchanged());
}
