// What the hot path promises: in steady state answering allocates nothing. Counts every operator new of the program.
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <string>

#include "net/deadline_queue.h"
#include "net/output_queue.h"
#include "support/catch.h"

namespace {

std::size_t allocations = 0;

// Takes everything, as a socket with room does.
class OpenStream final : public net::Stream {
public:
    net::IoResult receive(std::span<std::byte>) override { return {net::IoStatus::would_block}; }
    net::IoResult send(std::span<const iovec> pieces, bool) override {
        std::size_t count = 0;
        for (const iovec& piece : pieces) count += piece.iov_len;
        return {net::IoStatus::progress, count};
    }
    net::IoResult send_file(int, std::uint64_t, std::size_t length) override {
        return {net::IoStatus::progress, length};
    }
    void shut_down_write() override {}
    void abort() override {}
};

}  // namespace

void* operator new(std::size_t size) {
    ++allocations;
    if (void* const memory = std::malloc(size)) return memory;
    throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    ++allocations;
    return std::malloc(size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

TEST_CASE("allocation: an answer from a block costs none", "[net][allocation]") {
    base::BlockPool pool(16 * 1024, 4);
    OpenStream stream;
    net::OutputQueue queue;
    const auto answer = [&] {
        const std::span<std::byte> room = queue.reserve(pool, 512);
        std::memset(room.data(), 'x', 300);
        queue.commit(300);
        return queue.flush(stream, 1 << 20).bytes;
    };
    (void)answer();
    const std::size_t before = allocations;
    std::uint64_t sent = 0;
    for (int i = 0; i < 1000; ++i) sent += answer();
    CHECK(allocations - before == 0);
    CHECK(sent == 300'000);
}

TEST_CASE("allocation: a shared body behind a head costs at most one, whatever its kind", "[net][allocation]") {
    base::BlockPool pool(16 * 1024, 4);
    OpenStream stream;
    net::OutputQueue queue;
    const auto blob = std::make_shared<const std::string>(5000, 'b');
    const auto answer = [&](bool file) {
        (void)queue.reserve(pool, 512);
        queue.commit(300);
        if (file) {
            queue.append_file(blob, 0, 0, 5000);
        } else {
            queue.append_blob(blob, std::as_bytes(std::span(*blob)));
        }
        return queue.flush(stream, 1 << 20).bytes;
    };
    (void)answer(false);
    const std::size_t before = allocations;
    for (int i = 0; i < 1000; ++i) (void)answer(i % 2 == 0);
    CHECK(allocations - before <= 1000);
}

TEST_CASE("allocation: moving a deadline costs none", "[net][allocation]") {
    net::DeadlineQueue queue;
    for (std::uint32_t slot = 0; slot < 64; ++slot) queue.set(slot, 1000);
    const std::size_t before = allocations;
    for (base::MonotonicMs now = 0; now < 5000; now += 10) {
        for (std::uint32_t slot = 0; slot < 64; ++slot) queue.set(slot, now + 1000);
        CHECK_FALSE(queue.pop_expired(now));
        queue.clear(7);
    }
    // The test's own macros allocate nothing when they hold.
    CHECK(allocations - before == 0);
}
