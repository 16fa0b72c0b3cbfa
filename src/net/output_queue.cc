// The queue's pieces: the oldest in place, the others in a chunk that exists only while there is more than one.
#include "net/output_queue.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <deque>
#include <utility>

namespace net {
namespace {

/// Pieces gathered into one send: what pipelined answers and multipart bodies need, far below IOV_MAX.
constexpr std::size_t kMaxGathered = 64;

}  // namespace

struct OutputQueue::Chunk {
    std::deque<Piece> pieces;
};

struct OutputQueue::Gathered {
    std::size_t pieces = 0;
    std::uint64_t bytes = 0;
    bool file_follows = false;
};

OutputQueue::OutputQueue() = default;
OutputQueue::OutputQueue(OutputQueue&& other) noexcept
    : front_(std::exchange(other.front_, std::monostate{})),
      rest_(std::move(other.rest_)),
      bytes_(std::exchange(other.bytes_, 0)) {}
OutputQueue& OutputQueue::operator=(OutputQueue&& other) noexcept {
    front_ = std::exchange(other.front_, std::monostate{});
    rest_ = std::move(other.rest_);
    bytes_ = std::exchange(other.bytes_, 0);
    return *this;
}
OutputQueue::~OutputQueue() = default;

OutputQueue::Piece& OutputQueue::push() {
    if (std::holds_alternative<std::monostate>(front_)) return front_;
    if (!rest_) rest_ = std::make_unique<Chunk>();
    return rest_->pieces.emplace_back();
}

void OutputQueue::pop_front() {
    if (!rest_) {
        front_ = std::monostate{};
        return;
    }
    front_ = std::move(rest_->pieces.front());
    rest_->pieces.pop_front();
    if (rest_->pieces.empty()) rest_.reset();
}

OutputQueue::Piece* OutputQueue::newest() {
    if (rest_) return &rest_->pieces.back();
    return std::holds_alternative<std::monostate>(front_) ? nullptr : &front_;
}

OutputQueue::BlockPiece* OutputQueue::newest_block() {
    Piece* piece = newest();
    return piece == nullptr ? nullptr : std::get_if<BlockPiece>(piece);
}

std::span<std::byte> OutputQueue::reserve(base::BlockPool& pool, std::size_t at_least) {
    assert(at_least > 0 && at_least <= pool.block_bytes());
    BlockPiece* block = newest_block();
    if (block == nullptr || pool.block_bytes() - block->end < at_least) {
        BlockPiece fresh;
        fresh.block = pool.take();
        fresh.base = fresh.block.data();
        Piece& piece = push();
        piece = std::move(fresh);
        block = &std::get<BlockPiece>(piece);
    }
    return {block->base + block->end, pool.block_bytes() - block->end};
}

void OutputQueue::commit(std::size_t count) {
    BlockPiece* block = newest_block();
    assert(block != nullptr);
    block->end += static_cast<std::uint32_t>(count);
    bytes_ += count;
    if (block->begin != block->end) return;
    // Nothing was written into a fresh block: it is the newest piece, and goes.
    if (!rest_) {
        front_ = std::monostate{};
        return;
    }
    rest_->pieces.pop_back();
    if (rest_->pieces.empty()) rest_.reset();
}

void OutputQueue::append_bytes(base::BlockPool& pool, std::span<const std::byte> bytes) {
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

OutputQueue::Gathered OutputQueue::gather(std::span<iovec> into, std::uint64_t max_bytes) const {
    Gathered gathered;
    const auto take = [&](const Piece& piece) {
        std::span<const std::byte> bytes;
        if (const auto* block = std::get_if<BlockPiece>(&piece)) {
            bytes = {block->base + block->begin, block->end - block->begin};
        } else if (const auto* blob = std::get_if<BlobPiece>(&piece)) {
            bytes = blob->bytes;
        } else {
            gathered.file_follows = gathered.pieces > 0;
            return false;
        }
        const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), max_bytes - gathered.bytes));
        into[gathered.pieces++] = {const_cast<std::byte*>(bytes.data()), count};
        gathered.bytes += count;
        return gathered.pieces < into.size() && gathered.bytes < max_bytes;
    };
    if (!take(front_) || !rest_) return gathered;
    for (const Piece& piece : rest_->pieces) {
        if (!take(piece)) break;
    }
    return gathered;
}

void OutputQueue::drop_sent(std::uint64_t count) {
    bytes_ -= count;
    while (count > 0) {
        std::uint64_t size = 0;
        if (auto* block = std::get_if<BlockPiece>(&front_)) {
            size = block->end - block->begin;
            if (count < size) block->begin += static_cast<std::uint32_t>(count);
        } else if (auto* blob = std::get_if<BlobPiece>(&front_)) {
            size = blob->bytes.size();
            if (count < size) blob->bytes = blob->bytes.subspan(static_cast<std::size_t>(count));
        } else {
            auto& file = std::get<FilePiece>(front_);
            size = file.length;
            if (count < size) {
                file.offset += count;
                file.length -= count;
            }
        }
        if (count < size) return;
        count -= size;
        pop_front();
    }
}

IoResult OutputQueue::send_front(Stream& stream, std::uint64_t max_bytes, std::uint64_t& asked) {
    if (const auto* file = std::get_if<FilePiece>(&front_)) {
        asked = std::min(file->length, max_bytes);
        return stream.send_file(file->file, file->offset, static_cast<std::size_t>(asked));
    }
    std::array<iovec, kMaxGathered> pieces;
    const Gathered gathered = gather(pieces, max_bytes);
    asked = gathered.bytes;
    return stream.send(std::span(pieces).first(gathered.pieces), gathered.file_follows);
}

Flushed OutputQueue::flush(Stream& stream, std::uint64_t max_bytes) {
    Flushed flushed;
    while (!empty() && flushed.bytes < max_bytes) {
        std::uint64_t asked = 0;
        const bool is_file = std::holds_alternative<FilePiece>(front_);
        const IoResult result = send_front(stream, max_bytes - flushed.bytes, asked);
        if (result.status != IoStatus::progress) {
            flushed.status = result.status;
            flushed.error = result.error;
            return flushed;
        }
        drop_sent(result.bytes);
        flushed.bytes += result.bytes;
        // A file may give less than asked for other reasons than a full socket: ask again.
        if (result.bytes < asked && !is_file) {
            flushed.status = IoStatus::would_block;
            return flushed;
        }
    }
    return flushed;
}

void OutputQueue::clear() {
    front_ = std::monostate{};
    rest_.reset();
    bytes_ = 0;
}

}  // namespace net
