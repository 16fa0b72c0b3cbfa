// Bytes in, bytes out, and no block while there are none.
#include "base/byte_buffer.h"

#include <cstring>
#include <string>

#include "support/catch.h"

using base::BlockPool;
using base::ByteBuffer;

namespace {

// As much of `text` as fits; returns how much.
std::size_t fill(ByteBuffer& buffer, BlockPool& pool, std::string_view text) {
    const std::span<std::byte> room = buffer.writable(pool);
    const std::size_t count = std::min(room.size(), text.size());
    std::memcpy(room.data(), text.data(), count);
    buffer.commit(count);
    return count;
}

}  // namespace

TEST_CASE("byte buffer: empty, it holds no block", "[base][buffer]") {
    BlockPool pool(16, 1);
    ByteBuffer buffer;
    CHECK(buffer.empty());
    CHECK(buffer.size() == 0);
    CHECK(buffer.text().empty());
    CHECK(buffer.readable().empty());
    buffer.release_if_empty();
    CHECK(pool.lent() == 0);
}

TEST_CASE("byte buffer: what was committed is readable until it is consumed", "[base][buffer]") {
    BlockPool pool(16, 1);
    ByteBuffer buffer;
    CHECK(fill(buffer, pool, "hello ") == 6);
    CHECK(fill(buffer, pool, "world") == 5);
    CHECK(buffer.text() == "hello world");
    buffer.consume(6);
    CHECK(buffer.text() == "world");
    CHECK(buffer.readable().size() == 5);
    CHECK(pool.lent() == 1);
    buffer.consume(5);
    CHECK(buffer.empty());
    // Views of the last bytes stay good until the buffer is told to let go.
    CHECK(pool.lent() == 1);
    buffer.release_if_empty();
    CHECK(pool.lent() == 0);
}

TEST_CASE("byte buffer: a read that found nothing gives the block back", "[base][buffer]") {
    BlockPool pool(16, 1);
    ByteBuffer buffer;
    CHECK(buffer.writable(pool).size() == 16);
    CHECK(pool.lent() == 1);
    buffer.commit(0);
    CHECK(pool.lent() == 0);
    fill(buffer, pool, "x");
    (void)buffer.writable(pool);
    buffer.commit(0);
    CHECK(buffer.text() == "x");
}

TEST_CASE("byte buffer: a full one has no room, and room again after consuming", "[base][buffer]") {
    BlockPool pool(8, 1);
    ByteBuffer buffer;
    CHECK(fill(buffer, pool, "0123456789") == 8);
    CHECK(buffer.writable(pool).empty());
    buffer.commit(0);
    CHECK(buffer.text() == "01234567");
    buffer.consume(3);
    CHECK(fill(buffer, pool, "89abc") == 3);
    CHECK(buffer.text() == "3456789a");
}

TEST_CASE("byte buffer: passes a long text through a small block at every step size", "[base][buffer]") {
    const std::string text = "a buffer that is smaller than what goes through it, in steps of every size";
    for (std::size_t in = 1; in <= 8; ++in) {
        for (std::size_t out = 1; out <= 8; ++out) {
            BlockPool pool(8, 1);
            ByteBuffer buffer;
            std::string got;
            std::size_t position = 0;
            while (got.size() < text.size()) {
                position += fill(buffer, pool, std::string_view(text).substr(position, in));
                const std::size_t count = std::min(out, buffer.size());
                got += buffer.text().substr(0, count);
                buffer.consume(count);
                buffer.release_if_empty();
            }
            REQUIRE(got == text);
            REQUIRE(pool.lent() == 0);
        }
    }
}
