// What the queue holds on to, and when it lets go: blocks, owners of blobs and files.
#include "net/output_queue.h"

#include <string>
#include <utility>

#include "support/catch.h"
#include "support/queue_content.h"
#include "support/scripted_stream.h"

using net::OutputQueue;
using support::append_blob;
using support::bytes_of;
using support::fill_with_all_kinds;
using support::kBlockBytes;
using support::kNoBudget;
using support::TestFile;
using support::write;

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
