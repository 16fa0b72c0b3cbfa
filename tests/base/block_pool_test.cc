// Blocks come back, the warm one first, and no more are kept than was said.
#include "base/block_pool.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "support/catch.h"

using base::Block;
using base::BlockPool;

TEST_CASE("block pool: an empty block owns nothing", "[base][block]") {
    Block block;
    CHECK_FALSE(block);
    CHECK(block.data() == nullptr);
    block.reset();
}

TEST_CASE("block pool: lends distinct blocks of the whole size", "[base][block]") {
    BlockPool pool(128, 2);
    CHECK(pool.block_bytes() == 128);
    std::vector<Block> blocks;
    std::set<std::byte*> seen;
    for (int i = 0; i < 10; ++i) {
        blocks.push_back(pool.take());
        REQUIRE(blocks.back());
        std::fill_n(blocks.back().data(), pool.block_bytes(), static_cast<std::byte>(i));
        seen.insert(blocks.back().data());
    }
    CHECK(seen.size() == 10);
    CHECK(pool.lent() == 10);
    for (int i = 0; i < 10; ++i) {
        const std::byte* const bytes = blocks[static_cast<std::size_t>(i)].data();
        CHECK(std::count(bytes, bytes + 128, static_cast<std::byte>(i)) == 128);
    }
    blocks.clear();
    CHECK(pool.lent() == 0);
}

TEST_CASE("block pool: the last block returned is the next one lent", "[base][block]") {
    BlockPool pool(128, 4);
    Block first = pool.take();
    Block second = pool.take();
    std::byte* const one = first.data();
    std::byte* const two = second.data();
    second.reset();
    first.reset();
    CHECK_FALSE(first);
    const Block again = pool.take();
    const Block other = pool.take();
    CHECK(again.data() == one);
    CHECK(other.data() == two);
    CHECK(pool.lent() == 2);
}

TEST_CASE("block pool: a block goes back once, through whoever holds it", "[base][block]") {
    BlockPool pool(128, 4);
    {
        Block first = pool.take();
        std::byte* const bytes = first.data();
        Block second(std::move(first));
        CHECK_FALSE(first);
        CHECK(second.data() == bytes);
        Block third = pool.take();
        CHECK(pool.lent() == 2);
        third = std::move(second);
        CHECK(third.data() == bytes);
        CHECK(pool.lent() == 1);
        Block& same = third;
        third = std::move(same);
        CHECK(third.data() == bytes);
        CHECK(pool.lent() == 1);
    }
    CHECK(pool.lent() == 0);
}

TEST_CASE("block pool: keeping none still lends", "[base][block]") {
    BlockPool pool(16, 0);
    for (int i = 0; i < 3; ++i) CHECK(pool.take());
    CHECK(pool.lent() == 0);
}
