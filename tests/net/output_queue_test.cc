// What leaves the queue is what went in, in order, however little the stream takes at a time.
#include "net/output_queue.h"

#include <string>

#include "support/catch.h"
#include "support/queue_content.h"
#include "support/scripted_stream.h"

using net::IoStatus;
using net::OutputQueue;
using support::append_blob;
using support::fill_with_all_kinds;
using support::kBlockBytes;
using support::kNoBudget;
using support::TestFile;
using support::write;

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

TEST_CASE("output queue: files pass through memory where the stream cannot send them", "[net][output]") {
    std::string text;
    for (int i = 0; text.size() < 100'000; ++i) text += std::to_string(i) + ",";
    const TestFile file(text);
    base::BlockPool pool(kBlockBytes, 4);
    ScriptedStream stream;
    stream.set_sends_no_files();
    OutputQueue queue;
    write(queue, pool, "head");
    file.append_to(queue, 10, text.size() - 10);
    write(queue, pool, "tail");

    SECTION("whole, and says before each block but the last that more follows") {
        CHECK(queue.flush(stream, 20'004).bytes == 20'004);
        CHECK_FALSE(stream.last_more);
        CHECK(queue.flush(stream, kNoBudget).status == IoStatus::progress);
    }
    SECTION("a short write waits for the stream, and nothing is lost") {
        stream.limit_each_send(3000);
        while (!queue.empty()) CHECK(queue.flush(stream, kNoBudget).bytes <= 4 + 3000);
    }
    CHECK(stream.sent() == "head" + text.substr(10) + "tail");
    CHECK(stream.file_sends == 0);
    CHECK(pool.lent() == 0);
}

TEST_CASE("output queue: a file that became shorter is a failure through memory, too", "[net][output]") {
    const TestFile file("0123456789");
    ScriptedStream stream;
    stream.set_sends_no_files();
    OutputQueue queue;
    file.append_to(queue, 8, 5);
    const net::Flushed flushed = queue.flush(stream, kNoBudget);
    CHECK(flushed.status == IoStatus::failed);
    CHECK(flushed.error == 0);
    CHECK(stream.sent() == "89");
}

TEST_CASE("output queue: its memory is that of its blocks, and of shared bytes by those who wait for them",
          "[net][output]") {
    const TestFile file("0123456789");
    base::BlockPool pool(kBlockBytes, 4);
    OutputQueue queue;
    CHECK(queue.memory_bytes() == 0);
    write(queue, pool, "one");
    CHECK(queue.memory_bytes() == kBlockBytes);
    write(queue, pool, "two");
    CHECK(queue.memory_bytes() == kBlockBytes);
    auto owner = std::make_shared<const std::string>(9'000, 'b');
    queue.append_blob(owner, std::as_bytes(std::span(*owner)));
    const std::size_t alone = queue.memory_bytes();
    CHECK(alone >= kBlockBytes + 9'000);
    // The block, which has room, is that of the newest piece in it.
    write(queue, pool, "three");
    CHECK(queue.memory_bytes() == alone);
    file.append_to(queue, 0, 10);
    CHECK(queue.memory_bytes() == alone);
    OutputQueue other;
    other.append_blob(owner, std::as_bytes(std::span(*owner)));
    CHECK(other.memory_bytes() == 4'500);
    CHECK(queue.memory_bytes() == alone - 4'500);
    queue.clear();
    CHECK(queue.memory_bytes() == 0);
}
