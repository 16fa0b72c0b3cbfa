// The pieces, how they become system calls, and how they go away. One piece lives in the queue itself; only when more
// wait at once a chunk is allocated for the others.
#include "net/output_queue.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/memory_budget.h"

namespace net {

namespace {

// One call's worth: a burst of pipelined answers. More would only enlarge the vector on the stack.
constexpr std::size_t kMaxGathered = 64;
/// What is read of a file at once for a stream that cannot send files: as much as one record of TLS carries.
constexpr std::size_t kReadBytes = 16 * 1024;

}  // namespace

struct OutputQueue::Chunk {
    // A few answers of a pipelined burst, in a size that malloc serves from its fastest lists.
    static constexpr std::uint32_t kCapacity = 8;

    [[nodiscard]] bool empty() const { return begin == end; }

    std::array<Piece, kCapacity> pieces;
    std::unique_ptr<Chunk> next;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    // Of the whole list; kept in its first chunk only.
    Chunk* last = nullptr;
    BlockPiece* newest_block = nullptr;
};

struct OutputQueue::Gathered {
    std::size_t pieces = 0;
    std::uint64_t bytes = 0;
};

OutputQueue::OutputQueue() = default;

OutputQueue::OutputQueue(OutputQueue&& other) noexcept
    : front_(std::exchange(other.front_, Piece())),
      rest_(std::move(other.rest_)),
      bytes_(std::exchange(other.bytes_, 0)) {}

OutputQueue& OutputQueue::operator=(OutputQueue&& other) noexcept {
    if (this == &other) return *this;
    clear();
    front_ = std::exchange(other.front_, Piece());
    rest_ = std::move(other.rest_);
    bytes_ = std::exchange(other.bytes_, 0);
    return *this;
}

OutputQueue::~OutputQueue() { clear(); }

void OutputQueue::clear() {
    front_ = std::monostate();
    // Not left to the destructors: they would recurse once per chunk.
    while (rest_) rest_ = std::move(rest_->next);
    bytes_ = 0;
}

// ---- Filling

std::span<std::byte> OutputQueue::reserve(base::BlockPool& pool, std::size_t at_least) {
    const auto capacity = static_cast<std::uint32_t>(pool.block_bytes());
    assert(at_least > 0 && at_least <= capacity);
    if (const auto* const piece = std::get_if<BlockPiece>(newest());
        piece != nullptr && capacity - piece->end >= at_least) {
        return {piece->base + piece->end, capacity - piece->end};
    }
    BlockPiece* const last = newest_block();
    if (last != nullptr && capacity - last->end >= at_least) {
        // Something else was appended behind it: the room is used by a new piece, which takes the block over.
        BlockPiece next{std::move(last->block), last->base, last->end, last->end};
        push_block(std::move(next));
    } else {
        base::Block block = pool.take();
        std::byte* const bytes = block.data();
        push_block({std::move(block), bytes, 0, 0});
    }
    const BlockPiece& piece = *std::get_if<BlockPiece>(newest());
    return {piece.base + piece.end, capacity - piece.end};
}

void OutputQueue::commit(std::size_t count) {
    auto* const piece = std::get_if<BlockPiece>(newest());
    assert(piece != nullptr);
    piece->end += static_cast<std::uint32_t>(count);
    bytes_ += count;
    if (piece->begin != piece->end) return;
    // Nothing was written into a new piece: the block goes back to the piece it was taken from, or to the pool.
    BlockPiece unused = std::exchange(*piece, BlockPiece());
    pop_block();
    BlockPiece* const before = newest_block();
    if (before != nullptr && before->base == unused.base) before->block = std::move(unused.block);
}

void OutputQueue::append_bytes(base::BlockPool& pool, std::span<const std::byte> bytes) {
    if (bytes.empty()) return;
    // Mostly small content behind its head, which fits into the same block.
    if (auto* const piece = std::get_if<BlockPiece>(newest());
        piece != nullptr && pool.block_bytes() - piece->end >= bytes.size()) {
        std::memcpy(piece->base + piece->end, bytes.data(), bytes.size());
        piece->end += static_cast<std::uint32_t>(bytes.size());
        bytes_ += bytes.size();
        return;
    }
    while (!bytes.empty()) {
        const std::span<std::byte> room = reserve(pool, 1);
        const std::size_t count = std::min(room.size(), bytes.size());
        std::memcpy(room.data(), bytes.data(), count);
        commit(count);
        bytes = bytes.subspan(count);
    }
}

void OutputQueue::append_blob(std::shared_ptr<const void> owner, std::span<const std::byte> bytes) {
    if (bytes.empty()) return;
    push() = BlobPiece{std::move(owner), bytes};
    bytes_ += bytes.size();
}

void OutputQueue::append_file(std::shared_ptr<const void> owner, int file, std::uint64_t offset, std::uint64_t length) {
    if (length == 0) return;
    push() = FilePiece{std::move(owner), offset, length, file};
    bytes_ += length;
}

// ---- Sending

Flushed OutputQueue::flush(Stream& stream, std::uint64_t max_bytes) {
    Flushed flushed;
    while (bytes_ > 0 && flushed.bytes < max_bytes) {
        std::uint64_t asked = 0;
        const IoResult result = send_once(stream, max_bytes - flushed.bytes, asked);
        if (result.status != IoStatus::progress) {
            flushed.status = result.status;
            flushed.error = result.error;
            break;
        }
        drop_sent(result.bytes);
        flushed.bytes += result.bytes;
        // A file may give less for other reasons than a full socket, such as its end: it is asked once more.
        if (result.bytes < asked && !(std::holds_alternative<FilePiece>(front_) && stream.can_send_files())) {
            flushed.status = IoStatus::would_block;
            break;
        }
    }
    return flushed;
}

IoResult OutputQueue::send_once(Stream& stream, std::uint64_t max_bytes, std::uint64_t& asked) {
    if (const auto* const file = std::get_if<FilePiece>(&front_)) {
        if (!stream.can_send_files()) return send_through_memory(stream, *file, max_bytes, asked);
        asked = std::min(file->length, max_bytes);
        return stream.send_file(file->file, file->offset, static_cast<std::size_t>(asked));
    }
    std::array<iovec, kMaxGathered> pieces;
    const Gathered gathered = gather(pieces, max_bytes);
    asked = gathered.bytes;
    // When neither the end nor the budget stopped the gathering, a part of a file or further pieces follow at once.
    const bool more = asked < bytes_ && asked < max_bytes;
    return stream.send({pieces.data(), gathered.pieces}, more);
}

/// Sends the beginning of `file` to a stream that codes its bytes. What the stream does not take is read again the next
/// time.
IoResult OutputQueue::send_through_memory(Stream& stream, const FilePiece& file, std::uint64_t max_bytes,
                                          std::uint64_t& asked) const {
    std::array<std::byte, kReadBytes> block;
    const auto wanted = static_cast<std::size_t>(std::min({file.length, max_bytes, std::uint64_t{block.size()}}));
    ssize_t count = 0;
    do count = ::pread(file.file, block.data(), wanted, static_cast<off_t>(file.offset));
    while (count < 0 && errno == EINTR);
    // Like Stream::send_file(): error 0 says that the file ends before the offset.
    if (count <= 0) return {IoStatus::failed, 0, count < 0 ? errno : 0};
    asked = static_cast<std::uint64_t>(count);
    const iovec piece{block.data(), static_cast<std::size_t>(count)};
    return stream.send({&piece, 1}, asked < bytes_ && asked < max_bytes);
}

OutputQueue::Gathered OutputQueue::gather(std::span<iovec> into, std::uint64_t max_bytes) const {
    Gathered gathered;
    // False when the gathering ends.
    const auto take = [&](const Piece& piece) {
        std::span<const std::byte> bytes;
        if (const auto* const block = std::get_if<BlockPiece>(&piece)) {
            bytes = {block->base + block->begin, block->end - block->begin};
        } else if (const auto* const blob = std::get_if<BlobPiece>(&piece)) {
            bytes = blob->bytes;
        } else {
            return false;
        }
        const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), max_bytes - gathered.bytes));
        // The kernel only reads through an iovec, but it is declared for both directions.
        into[gathered.pieces++] = {const_cast<std::byte*>(bytes.data()), count};
        gathered.bytes += count;
        return gathered.bytes < max_bytes && gathered.pieces < into.size();
    };
    bool going = take(front_);
    for (const Chunk* chunk = rest_.get(); going && chunk != nullptr; chunk = chunk->next.get()) {
        for (std::uint32_t i = chunk->begin; going && i < chunk->end; ++i) going = take(chunk->pieces[i]);
    }
    return gathered;
}

std::uint64_t OutputQueue::length_of(const Piece& piece) {
    if (const auto* const block = std::get_if<BlockPiece>(&piece)) return block->end - block->begin;
    if (const auto* const blob = std::get_if<BlobPiece>(&piece)) return blob->bytes.size();
    if (const auto* const file = std::get_if<FilePiece>(&piece)) return file->length;
    return 0;
}

std::size_t OutputQueue::memory_of(const Piece& piece) {
    if (const auto* const block = std::get_if<BlockPiece>(&piece)) return block->block.size();
    if (const auto* const blob = std::get_if<BlobPiece>(&piece))
        return base::shared_part(blob->owner, blob->bytes.size());
    return 0;
}

std::size_t OutputQueue::memory_bytes() const {
    std::size_t bytes = memory_of(front_);
    for (const Chunk* chunk = rest_.get(); chunk != nullptr; chunk = chunk->next.get()) {
        bytes += sizeof(Chunk);
        for (std::uint32_t i = chunk->begin; i < chunk->end; ++i) bytes += memory_of(chunk->pieces[i]);
    }
    return bytes;
}

void OutputQueue::drop_sent(std::uint64_t count) {
    assert(count <= bytes_);
    // The common end of a turn: everything left at once, and no piece has to move up.
    if (count == bytes_) return clear();
    bytes_ -= count;
    while (count > 0) {
        const std::uint64_t length = length_of(front_);
        if (count >= length) {
            count -= length;
            pop_oldest();
            continue;
        }
        if (auto* const block = std::get_if<BlockPiece>(&front_)) {
            block->begin += static_cast<std::uint32_t>(count);
        } else if (auto* const blob = std::get_if<BlobPiece>(&front_)) {
            blob->bytes = blob->bytes.subspan(static_cast<std::size_t>(count));
        } else if (auto* const file = std::get_if<FilePiece>(&front_)) {
            file->offset += count;
            file->length -= count;
        }
        return;
    }
}

// ---- The list of pieces

OutputQueue::Piece& OutputQueue::push() {
    if (std::holds_alternative<std::monostate>(front_)) return front_;
    if (!rest_) {
        rest_ = std::make_unique<Chunk>();
        rest_->last = rest_.get();
    }
    Chunk* last = rest_->last;
    if (last->end == Chunk::kCapacity) {
        last->next = std::make_unique<Chunk>();
        last = rest_->last = last->next.get();
    }
    return last->pieces[last->end++];
}

OutputQueue::Piece* OutputQueue::newest() {
    if (rest_) return &rest_->last->pieces[rest_->last->end - 1];
    return std::holds_alternative<std::monostate>(front_) ? nullptr : &front_;
}

OutputQueue::BlockPiece* OutputQueue::newest_block() {
    if (rest_ && rest_->newest_block != nullptr) return rest_->newest_block;
    return std::get_if<BlockPiece>(&front_);
}

void OutputQueue::push_block(BlockPiece piece) {
    auto& pushed = push().emplace<BlockPiece>(std::move(piece));
    if (rest_) rest_->newest_block = &pushed;
}

// Rare: room was reserved in a new piece and then not used.
void OutputQueue::pop_block() {
    if (!rest_) {
        front_ = std::monostate();
        return;
    }
    Chunk* const last = rest_->last;
    last->pieces[--last->end] = std::monostate();
    rest_->newest_block = nullptr;
    Chunk* end = nullptr;
    for (Chunk* chunk = rest_.get(); chunk != nullptr && !chunk->empty(); chunk = chunk->next.get()) {
        for (std::uint32_t i = chunk->begin; i < chunk->end; ++i) {
            if (auto* const block = std::get_if<BlockPiece>(&chunk->pieces[i])) rest_->newest_block = block;
        }
        end = chunk;
    }
    if (end == nullptr) {
        rest_.reset();
    } else if (end != last) {
        end->next.reset();
        rest_->last = end;
    }
}

void OutputQueue::pop_oldest() {
    if (!rest_) {
        front_ = std::monostate();
        return;
    }
    Piece& second = rest_->pieces[rest_->begin++];
    if (std::get_if<BlockPiece>(&second) == rest_->newest_block) rest_->newest_block = nullptr;
    front_ = std::move(second);
    if (!rest_->empty()) return;
    Chunk* const last = rest_->last;
    BlockPiece* const block = rest_->newest_block;
    rest_ = std::move(rest_->next);
    if (rest_) {
        rest_->last = last;
        rest_->newest_block = block;
    }
}

}  // namespace net
