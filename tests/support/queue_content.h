// What the tests of the output queue put into it: heads, blobs and parts of files.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/block_pool.h"
#include "base/fd.h"
#include "net/output_queue.h"
#include "support/catch.h"

namespace support {

inline constexpr std::uint64_t kNoBudget = 1ULL << 40;
inline constexpr std::size_t kBlockBytes = 64;

inline std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

inline void write(net::OutputQueue& queue, base::BlockPool& pool, std::string_view text) {
    const std::span<std::byte> room = queue.reserve(pool, text.size());
    REQUIRE(room.size() >= text.size());
    std::memcpy(room.data(), text.data(), text.size());
    queue.commit(text.size());
}

inline void append_blob(net::OutputQueue& queue, std::string_view text) {
    auto owner = std::make_shared<const std::string>(text);
    const std::span<const std::byte> bytes = bytes_of(*owner);
    queue.append_blob(std::move(owner), bytes);
}

/// A file without a name, and how many queues hold it.
struct TestFile {
    explicit TestFile(std::string_view text) : fd(::memfd_create("output_queue_test", MFD_CLOEXEC)) {
        REQUIRE(::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    }
    void append_to(net::OutputQueue& queue, std::uint64_t offset, std::uint64_t length) const {
        queue.append_file(owner, fd.get(), offset, length);
    }
    base::Fd fd;
    std::shared_ptr<const int> owner = std::make_shared<const int>(0);
};

/// Heads, blobs and file parts in turns, over several blocks and chunks; returns what the peer must see.
inline std::string fill_with_all_kinds(net::OutputQueue& queue, base::BlockPool& pool, const TestFile& file) {
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

}  // namespace support
