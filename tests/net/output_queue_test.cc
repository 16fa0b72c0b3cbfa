// What leaves the queue is what went in, in order, however little the stream takes at a time; and what it holds on to.
#include "net/output_queue.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <utility>

#include "base/fd.h"
#include "support/catch.h"
#include "support/scripted_stream.h"

using net::IoStatus;
using net::OutputQueue;

namespace {

constexpr std::uint64_t kNoBudget = 1ULL << 40;
constexpr std::size_t kBlockBytes = 64;

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

void write(OutputQueue& queue, base::BlockPool& pool, std::string_view text) {
    const std::span<std::byte> room = queue.reserve(pool, text.size());
    REQUIRE(room.size() >= text.size());
    std::memcpy(room.data(), text.data(), text.size());
    queue.commit(text.size());
}

void append_blob(OutputQueue& queue, std::string_view text) {
    auto owner = std::make_shared<const std::string>(text);
    const std::span<const std::byte> bytes = bytes_of(*owner);
    queue.append_blob(std::move(owner), bytes);
}

// A file without a name, and how many queues hold it.
struct TestFile {
    explicit TestFile(std::string_view text) : fd(::memfd_create("output_queue_test", MFD_CLOEXEC)) {
        REQUIRE(::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    }
    void append_to(OutputQueue& queue, std::uint64_t offset, std::uint64_t length) const {
        queue.append_file(owner, fd.get(), offset, length);
    }
    base::Fd fd;
    std::shared_ptr<const int> owner = std::make_shared<const int>(0);
};

// Heads, blobs and file parts in turns, over several blocks and chunks; returns what the peer must see.
std::string fill_with_all_kinds(OutputQueue& queue, base::BlockPool& pool, const TestFile& file) {
    std::string expected;
    for (int i = 0; i < 12; ++i) {
        const std::string head = "head " + std::to_string(i) + ";";
        write(queue, pool, head);
        expected += head;
        const std::string blob(static_cast<std::size_t>(i % 5) * 3, static_cast<char>('a' + i));
        append_blob(queue, blob);
        expected += blob;
        if (i % 3 == 0) {
            file.append_to(queue, static_cast<std::uint64_t>(i), 5);
            expected += std::string("0123456789abcdefghij").substr(static_cast<std::size_t>(i), 5);
        }
        if (i % 4 == 0) {
            const std::string longer(kBlockBytes * 2 + 3, static_cast<char>('A' + i));
            queue.append_bytes(pool, bytes_of(longer));
            expected += longer;
        }
    }
    return expected;
}

}  // namespace

TEST_CASE("output queue: one block leaves in one send and nothing is held afterwards", "[net][output]") {
    base::BlockPool pool(kBlockBytes, 4);
    ScriptedStream stream;
    OutputQueue queue;
    CHECK(queue.empty());
    write(queue, pool, "one ");
    write(queue, pool, "two");
    CHECK(queue.bytes() == 7);
    CHECK(pool.lent() == 1);
    const net::Flushed flushed = queue.flush(stream, kNoBudget);
    CHECK(flushed.status == IoStatus::progress);
    CHECK(flushed.bytes == 7);
    CHECK(stream.sent() == "one two");
    CHECK(stream.sends == 1);
    CHECK(stream.most_pieces == 1);
    CHECK_FALSE(stream.last_more);
    CHECK(queue.empty());
    CHECK(pool.lent() == 0);
}

TEST_CASE("output queue: flushing an empty queue touches nothing", "[net][output]") {
    ScriptedStream stream;
    OutputQueue queue;
    CHECK(queue.flush(stream, kNoBudget).status == IoStatus::progress);
    CHECK(stream.sends == 0);
}

TEST_CASE("output queue: keeps order across short writes at every boundary", "[net][output]") {
    const TestFile file("0123456789abcdefghij");
    for (std::size_t limit = 1; limit <= 90; ++limit) {
        base::BlockPool pool(kBlockBytes, 4);
        ScriptedStream stream;
        stream.limit_each_send(limit);
        OutputQueue queue;
        const std::string expected = fill_with_all_kinds(queue, pool, file);
        REQUIRE(queue.bytes() == expected.size());
        std::uint64_t sent = 0;
        while (!queue.empty()) {
            const net::Flushed flushed = queue.flush(stream, kNoBudget);
            REQUIRE(flushed.bytes > 0);
            sent += flushed.bytes;
            REQUIRE(queue.bytes() == expected.size() - sent);
            REQUIRE(flushed.status == (queue.empty() ? IoStatus::progress : IoStatus::would_block));
        }
        REQUIRE(stream.sent() == expected);
        REQUIRE(pool.lent() == 0);
        REQUIRE(file.owner.use_count() == 1);
    }
}

TEST_CASE("output queue: stops exactly at every budget and goes on from there", "[net][output]") {
    const TestFile file("0123456789abcdefghij");
    for (std::uint64_t budget = 1; budget <= 90; ++budget) {
        base::BlockPool pool(kBlockBytes, 4);
        ScriptedStream stream;
        OutputQueue queue;
        const std::string expected = fill_with_all_kinds(queue, pool, file);
        while (!queue.empty()) {
            const std::uint64_t before = queue.bytes();
            const net::Flushed flushed = queue.flush(stream, budget);
            REQUIRE(flushed.status == IoStatus::progress);
            REQUIRE(flushed.bytes == std::min(budget, before));
        }
        REQUIRE(stream.sent() == expected);
    }
}

TEST_CASE("output queue: is filled while it drains", "[net][output]") {
    const TestFile file("0123456789abcdefghij");
    base::BlockPool pool(kBlockBytes, 4);
    ScriptedStream stream;
    OutputQueue queue;
    std::string expected;
    std::uint32_t random = 12345;
    for (int round = 0; round < 2000; ++round) {
        random = random * 1664525U + 1013904223U;
        const std::uint32_t choice = (random >> 8) % 4;
        const std::size_t length = (random >> 16) % 40 + 1;
        const std::string text(length, static_cast<char>('a' + round % 26));
        if (choice == 0) {
            write(queue, pool, text);
            expected += text;
        } else if (choice == 1) {
            append_blob(queue, text);
            expected += text;
        } else if (choice == 2) {
            file.append_to(queue, length % 10, 7);
            expected += std::string("0123456789abcdefghij").substr(length % 10, 7);
        } else {
            (void)queue.reserve(pool, length);
            queue.commit(0);
        }
        stream.limit_each_send((random >> 24) % 50);
        (void)queue.flush(stream, kNoBudget);
        REQUIRE(queue.bytes() == expected.size() - stream.sent().size());
    }
    stream.limit_each_send(ScriptedStream::kUnlimited);
    CHECK(queue.flush(stream, kNoBudget).status == IoStatus::progress);
    CHECK(stream.sent() == expected);
    CHECK(queue.empty());
    CHECK(pool.lent() == 0);
    CHECK(file.owner.use_count() == 1);
}

TEST_CASE("output queue: says that more follows before a file, and at no other time", "[net][output]") {
    const TestFile file("0123456789");
    base::BlockPool pool(kBlockBytes, 4);
    ScriptedStream stream;
    OutputQueue queue;
    write(queue, pool, "head");
    file.append_to(queue, 2, 3);
    stream.set_send_room(4);
    CHECK(queue.flush(stream, kNoBudget).status == IoStatus::would_block);
    CHECK(stream.last_more);
    stream.set_send_room(ScriptedStream::kUnlimited);
    write(queue, pool, "tail");
    CHECK(queue.flush(stream, kNoBudget).status == IoStatus::progress);
    CHECK_FALSE(stream.last_more);
    CHECK(stream.sent() == "head234tail");
    CHECK(stream.sends == 2);
    CHECK(stream.file_sends == 2);
}

TEST_CASE("output queue: does not promise more when the budget ends before the file", "[net][output]") {
    const TestFile file("0123456789");
    base::BlockPool pool(kBlockBytes, 4);
    ScriptedStream stream;
    OutputQueue queue;
    write(queue, pool, "head");
    file.append_to(queue, 0, 3);
    CHECK(queue.flush(stream, 4).bytes == 4);
    CHECK_FALSE(stream.last_more);
}

TEST_CASE("output queue: gathers pipelined answers, sixty-four pieces at a time", "[net][output]") {
    base::BlockPool pool(1024, 4);
    ScriptedStream stream;
    OutputQueue queue;
    std::string expected;
    for (int i = 0; i < 40; ++i) {
        write(queue, pool, "h");
        append_blob(queue, "blob");
        expected += "hblob";
    }
    // All heads share blocks, although other pieces lie between them.
    CHECK(pool.lent() == 1);
    CHECK(queue.flush(stream, kNoBudget).status == IoStatus::progress);
    CHECK(stream.sends == 2);
    CHECK(stream.most_pieces == 64);
    CHECK(stream.sent() == expected);
    CHECK(pool.lent() == 0);
}

TEST_CASE("output queue: a block stays lent until the last piece in it is sent", "[net][output]") {
    base::BlockPool pool(kBlockBytes, 4);
    ScriptedStream stream;
    OutputQueue queue;
    write(queue, pool, "first");
    append_blob(queue, "BLOB");
    write(queue, pool, "second");
    CHECK(pool.lent() == 1);
    CHECK(queue.flush(stream, 9).bytes == 9);
    CHECK(pool.lent() == 1);
    CHECK(queue.flush(stream, kNoBudget).bytes == 6);
    CHECK(pool.lent() == 0);
    CHECK(stream.sent() == "firstBLOBsecond");
}

TEST_CASE("output queue: a block is shared onwards also after its piece moved to the front", "[net][output]") {
    base::BlockPool pool(kBlockBytes, 4);
    ScriptedStream stream;
    OutputQueue queue;
    append_blob(queue, "blob");
    write(queue, pool, "first");
    append_blob(queue, "BLOB");
    CHECK(queue.flush(stream, 6).bytes == 6);
    write(queue, pool, "second");
    CHECK(pool.lent() == 1);
    CHECK(queue.flush(stream, 8).bytes == 8);
    CHECK(pool.lent() == 1);
    CHECK(queue.flush(stream, kNoBudget).bytes == 5);
    CHECK(stream.sent() == "blobfirstBLOBsecond");
    CHECK(pool.lent() == 0);
}

TEST_CASE("output queue: room that is not used goes back", "[net][output]") {
    base::BlockPool pool(kBlockBytes, 4);
    ScriptedStream stream;
    OutputQueue queue;

    SECTION("into the pool when the queue is empty") {
        (void)queue.reserve(pool, 10);
        CHECK(pool.lent() == 1);
        queue.commit(0);
        CHECK(pool.lent() == 0);
        CHECK(queue.empty());
    }
    SECTION("to the piece that lent its block") {
        write(queue, pool, "first");
        append_blob(queue, "BLOB");
        (void)queue.reserve(pool, 10);
        queue.commit(0);
        CHECK(pool.lent() == 1);
        write(queue, pool, "second");
        CHECK(pool.lent() == 1);
        CHECK(queue.flush(stream, kNoBudget).bytes == 15);
        CHECK(stream.sent() == "firstBLOBsecond");
        CHECK(pool.lent() == 0);
    }
    SECTION("when a chunk was just begun for it") {
        std::string expected;
        for (int i = 0; i < 20; ++i) {
            write(queue, pool, "h");
            (void)queue.reserve(pool, 1);
            queue.commit(0);
            append_blob(queue, "b");
            (void)queue.reserve(pool, kBlockBytes);
            queue.commit(0);
            expected += "hb";
        }
        CHECK(queue.flush(stream, kNoBudget).bytes == 40);
        CHECK(stream.sent() == expected);
        CHECK(pool.lent() == 0);
    }
}

TEST_CASE("output queue: a block is not shared beyond its end", "[net][output]") {
    base::BlockPool pool(8, 4);
    ScriptedStream stream;
    OutputQueue queue;
    CHECK(queue.reserve(pool, 5).size() == 8);
    queue.commit(5);
    CHECK(queue.reserve(pool, 3).size() == 3);
    queue.commit(0);
    CHECK(queue.reserve(pool, 4).size() == 8);
    queue.commit(0);
    CHECK(queue.reserve(pool, 1).size() == 3);
    queue.commit(0);
    CHECK(pool.lent() == 1);
    queue.clear();
}

TEST_CASE("output queue: nothing is queued for empty pieces", "[net][output]") {
    const TestFile file("x");
    base::BlockPool pool(kBlockBytes, 4);
    OutputQueue queue;
    queue.append_bytes(pool, {});
    append_blob(queue, "");
    file.append_to(queue, 0, 0);
    CHECK(queue.empty());
    CHECK(pool.lent() == 0);
    CHECK(file.owner.use_count() == 1);
}

TEST_CASE("output queue: reports what the stream says, and what was sent before it", "[net][output]") {
    const TestFile file("0123456789");
    base::BlockPool pool(kBlockBytes, 4);
    ScriptedStream stream;
    OutputQueue queue;
    write(queue, pool, "head");

    SECTION("the peer is gone") {
        stream.close_sending();
        CHECK(queue.flush(stream, kNoBudget).status == IoStatus::closed);
        CHECK(queue.bytes() == 4);
    }
    SECTION("an error") {
        stream.fail_sending(ETIMEDOUT);
        const net::Flushed flushed = queue.flush(stream, kNoBudget);
        CHECK(flushed.status == IoStatus::failed);
        CHECK(flushed.error == ETIMEDOUT);
    }
    SECTION("no room at all") {
        stream.set_send_room(0);
        const net::Flushed flushed = queue.flush(stream, kNoBudget);
        CHECK(flushed.status == IoStatus::would_block);
        CHECK(flushed.bytes == 0);
    }
    SECTION("a file that became shorter") {
        file.append_to(queue, 8, 5);
        const net::Flushed flushed = queue.flush(stream, kNoBudget);
        CHECK(flushed.status == IoStatus::failed);
        CHECK(flushed.error == 0);
        CHECK(flushed.bytes == 6);
        CHECK(stream.sent() == "head89");
    }
    queue.clear();
    CHECK(queue.empty());
    CHECK(pool.lent() == 0);
    CHECK(file.owner.use_count() == 1);
}

TEST_CASE("output queue: owners are let go as soon as their bytes are sent", "[net][output]") {
    ScriptedStream stream;
    OutputQueue queue;
    const auto first = std::make_shared<const std::string>("first");
    const auto second = std::make_shared<const std::string>("second");
    queue.append_blob(first, bytes_of(*first));
    queue.append_blob(second, bytes_of(*second));
    CHECK(queue.flush(stream, 6).bytes == 6);
    CHECK(first.use_count() == 1);
    CHECK(second.use_count() == 2);
    CHECK(queue.flush(stream, kNoBudget).bytes == 5);
    CHECK(second.use_count() == 1);
}

TEST_CASE("output queue: moves whole, and the old one is empty", "[net][output]") {
    const TestFile file("0123456789abcdefghij");
    base::BlockPool pool(kBlockBytes, 4);
    ScriptedStream stream;
    OutputQueue first;
    const std::string expected = fill_with_all_kinds(first, pool, file);
    OutputQueue second(std::move(first));
    OutputQueue third;
    append_blob(third, "dropped");
    third = std::move(second);
    CHECK(first.empty());
    CHECK(second.empty());
    CHECK(first.flush(stream, kNoBudget).bytes == 0);
    CHECK(third.flush(stream, kNoBudget).bytes == expected.size());
    CHECK(stream.sent() == expected);
    write(first, pool, "again");
    CHECK(first.flush(stream, kNoBudget).bytes == 5);
}

TEST_CASE("output queue: a very long list goes away without recursion", "[net][output]") {
    base::BlockPool pool(kBlockBytes, 4);
    OutputQueue queue;
    const auto blob = std::make_shared<const std::string>("b");
    for (int i = 0; i < 200'000; ++i) queue.append_blob(blob, bytes_of(*blob));
    CHECK(queue.bytes() == 200'000);
    queue.clear();
    CHECK(blob.use_count() == 1);
}
