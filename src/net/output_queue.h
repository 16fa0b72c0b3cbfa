// What waits to be sent on one connection, in order: bytes in borrowed blocks, shared bytes, parts of files.
// Filled by the connection, flushed once per turn. The common answer is one block and one send, without allocation;
// an empty queue holds nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <variant>

#include "base/block_pool.h"
#include "net/stream.h"

namespace net {

/// What one flush did.
struct Flushed {
    /// progress: the queue is empty or `max_bytes` were sent. would_block: the kernel takes no more now; wait until the
    /// stream is writable. closed, failed: as Stream says, the connection is over.
    IoStatus status = IoStatus::progress;
    std::uint64_t bytes = 0;  ///< sent, whatever the status
    int error = 0;            ///< errno when failed; 0 when a file turned out shorter than promised
};

class OutputQueue {
public:
    OutputQueue();
    OutputQueue(OutputQueue&& other) noexcept;
    OutputQueue& operator=(OutputQueue&& other) noexcept;
    ~OutputQueue();

    /// Room for at least `at_least` (1 to the pool's block size) bytes, in the newest block or a new one: to be written
    /// by the caller and then committed. Valid until the next call on this queue. One queue uses one pool.
    [[nodiscard]] std::span<std::byte> reserve(base::BlockPool& pool, std::size_t at_least);
    /// The first `count` bytes of the reserved room were written and wait to be sent; 0 gives the room back.
    /// Exactly one commit() follows every reserve().
    void commit(std::size_t count);

    /// Copies `bytes`, of any length.
    void append_bytes(base::BlockPool& pool, std::span<const std::byte> bytes);
    /// Sends `bytes` from where they are; `owner` keeps them alive and unchanged.
    void append_blob(std::shared_ptr<const void> owner, std::span<const std::byte> bytes);
    /// Sends `length` bytes of the regular file `file` from `offset`; `owner` keeps the descriptor open.
    void append_file(std::shared_ptr<const void> owner, int file, std::uint64_t offset, std::uint64_t length);

    /// All bytes that wait.
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
    [[nodiscard]] bool empty() const { return bytes_ == 0; }
    /// The memory that is kept for what waits: blocks, and a part of the shared bytes, whose other holders count the
    /// other parts. Files are not in memory. Goes through the pieces.
    [[nodiscard]] std::size_t memory_bytes() const;

    /// Sends until the queue is empty, `max_bytes` are sent or the stream takes no more. A short write from memory is
    /// would_block: the poller says when there is room, and asking the kernel once more would only confirm it.
    /// Files pass through memory, block by block, where the stream cannot send them.
    Flushed flush(Stream& stream, std::uint64_t max_bytes);

    /// Drops everything that waits.
    void clear();

private:
    /// Bytes in a borrowed block. Several pieces may lie in one block; the newest of them owns it, and pieces are
    /// dropped oldest first.
    struct BlockPiece {
        base::Block block;
        std::byte* base = nullptr;
        std::uint32_t begin = 0;
        std::uint32_t end = 0;
    };
    struct BlobPiece {
        std::shared_ptr<const void> owner;
        std::span<const std::byte> bytes;
    };
    struct FilePiece {
        std::shared_ptr<const void> owner;
        std::uint64_t offset = 0;
        std::uint64_t length = 0;
        int file = -1;
    };
    using Piece = std::variant<std::monostate, BlockPiece, BlobPiece, FilePiece>;

    struct Chunk;
    struct Gathered;

    [[nodiscard]] static std::uint64_t length_of(const Piece& piece);
    [[nodiscard]] static std::size_t memory_of(const Piece& piece);
    /// A new piece after all others, empty.
    Piece& push();
    /// Undoes the last push_block().
    void pop_block();
    void pop_oldest();
    /// nullptr when there is none.
    [[nodiscard]] Piece* newest();
    /// The newest piece in a block, which owns that block; nullptr when there is none.
    [[nodiscard]] BlockPiece* newest_block();
    void push_block(BlockPiece piece);
    /// Describes the bytes in memory up to the first file or `max_bytes`.
    [[nodiscard]] Gathered gather(std::span<iovec> into, std::uint64_t max_bytes) const;
    [[nodiscard]] IoResult send_once(Stream& stream, std::uint64_t max_bytes, std::uint64_t& asked);
    [[nodiscard]] IoResult send_through_memory(Stream& stream, const FilePiece& file, std::uint64_t max_bytes,
                                               std::uint64_t& asked) const;
    void drop_sent(std::uint64_t count);

    // The oldest piece is here; the others, if any, in a list of chunks.
    Piece front_;
    std::unique_ptr<Chunk> rest_;
    std::uint64_t bytes_ = 0;
};
static_assert(sizeof(OutputQueue) <= 64, "idle connections pay for this");

}  // namespace net
