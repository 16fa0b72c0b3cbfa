// Head, pieces, file parts and sources into the output queue.
#include "server/response_producer.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "http/body_encoder.h"
#include "http/head_writer.h"

namespace server {
namespace {

/// Content up to this size is copied behind the head: one piece to send instead of two, and pipelined answers leave
/// in one block.
constexpr std::size_t kCopyBytes = 4 * 1024;
/// The last bytes of a file are sent from memory, after a look whether the file is still the same version.
constexpr std::uint64_t kFileTailBytes = 4 * 1024;
/// Room that a source gets at least.
constexpr std::size_t kSourceRoomBytes = 8 * 1024;
/// Pulls of one source in one turn: a source that compresses works for about a millisecond in each.
constexpr int kPullsPerTurn = 4;

Delimiting choose_delimiting(const http::Response& response, const http::Request& request) {
    if (http::forbids_content(response.status) && !response.stated_length) return Delimiting::none;
    if (response.stated_length || http::body_bytes(response.body)) return Delimiting::length;
    return request.minor_version == 0 ? Delimiting::close : Delimiting::chunked;
}

http::HeadFraming head_framing(const http::Response& response, Delimiting delimiting, const http::Request& request,
                               Ending ending) {
    using Length = http::HeadFraming::Length;
    using Persistence = http::HeadFraming::Persistence;
    http::HeadFraming framing;
    switch (delimiting) {
        case Delimiting::none:
        case Delimiting::close: framing.length = Length::none; break;
        case Delimiting::chunked: framing.length = Length::chunked; break;
        case Delimiting::length:
            framing.length = Length::content_length;
            framing.content_length =
                response.stated_length ? *response.stated_length : http::body_bytes(response.body).value_or(0);
            break;
    }
    if (ending == Ending::close || ending == Ending::linger) {
        framing.persistence = Persistence::close;
    } else if (request.minor_version == 0) {
        framing.persistence = Persistence::keep_alive;
    }
    return framing;
}

void queue_bytes(net::OutputQueue& output, base::BlockPool& blocks, std::shared_ptr<const void> owner,
                 std::span<const std::byte> bytes) {
    if (bytes.size() <= kCopyBytes) {
        output.append_bytes(blocks, bytes);
    } else {
        output.append_blob(std::move(owner), bytes);
    }
}

/// Reads exactly `into.size()` bytes; false when the file ends earlier or cannot be read.
bool read_exactly(int file, std::uint64_t offset, std::span<std::byte> into) {
    while (!into.empty()) {
        const ssize_t count = ::pread(file, into.data(), into.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        offset += static_cast<std::uint64_t>(count);
        into = into.subspan(static_cast<std::size_t>(count));
    }
    return true;
}

/// A file at rest goes out of the kernel's pages, one being written through memory; the last bytes always through
/// memory, after the question whether the file is still the one that the head described.
Produced produce_file(const http::FileSlice& slice, Exchange& exchange, net::OutputQueue& output, Turn& turn) {
    while (exchange.piece_offset < slice.length) {
        const std::uint64_t left = slice.length - exchange.piece_offset;
        const std::uint64_t at = slice.offset + exchange.piece_offset;
        if (left > kFileTailBytes && slice.file->at_rest()) {
            const std::uint64_t count = left - kFileTailBytes;
            output.append_file(slice.file, slice.file->descriptor(), at, count);
            exchange.piece_offset += count;
            exchange.content_bytes += count;
            return Produced::more;
        }
        // The tail waits until everything before it has left, so that the question is asked as late as possible.
        if (slice.file->at_rest() && left < slice.length && !output.empty()) return Produced::more;
        if (output.bytes() >= kHighWaterBytes) return Produced::more;
        const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left, kBlockBytes));
        const std::span<std::byte> room = output.reserve(turn.blocks, count).first(count);
        const bool whole = read_exactly(slice.file->descriptor(), at, room) &&
                           (count < left || slice.file->unchanged());
        output.commit(whole ? count : 0);
        if (!whole) return Produced::failed;
        exchange.piece_offset += count;
        exchange.content_bytes += count;
    }
    return Produced::all;
}

Produced produce_piece(http::Piece& piece, Exchange& exchange, net::OutputQueue& output, Turn& turn) {
    if (const auto* slice = std::get_if<http::FileSlice>(&piece)) return produce_file(*slice, exchange, output, turn);
    if (const auto* blob = std::get_if<http::Blob>(&piece)) {
        exchange.content_bytes += blob->bytes.size();
        queue_bytes(output, turn.blocks, blob->owner, blob->bytes);
        return Produced::all;
    }
    auto& text = std::get<std::string>(piece);
    exchange.content_bytes += text.size();
    if (text.size() <= kCopyBytes) {
        output.append_bytes(turn.blocks, std::as_bytes(std::span(text)));
    } else {
        auto shared = std::make_shared<const std::string>(std::move(text));
        const auto bytes = std::as_bytes(std::span(*shared));
        output.append_blob(std::move(shared), bytes);
    }
    return Produced::all;
}

Produced produce_source(http::BodySource& source, Exchange& exchange, net::OutputQueue& output, Turn& turn) {
    const bool chunked = exchange.delimiting == Delimiting::chunked;
    const std::size_t front = chunked ? http::kChunkFrontBytes : 0;
    const std::size_t back = chunked ? http::kChunkBackBytes : 0;
    for (int pulls = 0; pulls < kPullsPerTurn; ++pulls) {
        if (output.bytes() >= kHighWaterBytes) return Produced::more;
        const std::span<std::byte> room = output.reserve(turn.blocks, kSourceRoomBytes);
        const http::BodySource::Pulled pulled = source.pull(room.subspan(front, room.size() - front - back));
        const bool framed = chunked && pulled.bytes > 0;
        output.commit(framed ? http::frame_chunk(room, pulled.bytes) : pulled.bytes);
        exchange.content_bytes += pulled.bytes;
        switch (pulled.outcome) {
            case http::BodySource::Outcome::produced: break;
            case http::BodySource::Outcome::failed: return Produced::failed;
            case http::BodySource::Outcome::finished:
                if (chunked) output.append_bytes(turn.blocks, std::as_bytes(std::span(http::kLastChunk)));
                return Produced::all;
        }
    }
    return Produced::worked;
}

}  // namespace

void begin_response(http::Response response, Exchange& exchange, Ending& ending, net::OutputQueue& output, Turn& turn) {
    exchange.status = response.status;
    exchange.delimiting = choose_delimiting(response, exchange.request);
    // Only the end of the connection tells an HTTP/1.0 client where such content ends.
    if (exchange.delimiting == Delimiting::close && ending == Ending::keep) ending = Ending::close;
    if (exchange.delimiting == Delimiting::close && ending == Ending::drain) ending = Ending::linger;
    const http::HeadFraming framing = head_framing(response, exchange.delimiting, exchange.request, ending);
    const std::size_t bound = http::head_bytes_bound(response);
    if (bound <= kBlockBytes) {
        output.commit(http::write_head(response, framing, turn.date.text(), output.reserve(turn.blocks, bound)));
    } else {
        std::vector<std::byte> room(bound);
        output.append_bytes(turn.blocks,
                            std::span(room).first(http::write_head(response, framing, turn.date.text(), room)));
    }
    const bool without_content = exchange.request.method == http::Method::head || http::forbids_content(response.status);
    exchange.body = without_content ? http::Body() : std::move(response.body);
}

Produced produce(Exchange& exchange, net::OutputQueue& output, Turn& turn) {
    if (std::holds_alternative<std::monostate>(exchange.body)) return Produced::all;
    if (auto* piece = std::get_if<http::Piece>(&exchange.body)) return produce_piece(*piece, exchange, output, turn);
    if (auto* source = std::get_if<std::unique_ptr<http::BodySource>>(&exchange.body)) {
        return produce_source(**source, exchange, output, turn);
    }
    auto& pieces = std::get<std::vector<http::Piece>>(exchange.body);
    while (exchange.piece_index < pieces.size()) {
        if (output.bytes() >= kHighWaterBytes) return Produced::more;
        const Produced produced = produce_piece(pieces[exchange.piece_index], exchange, output, turn);
        if (produced != Produced::all) return produced;
        ++exchange.piece_index;
        exchange.piece_offset = 0;
    }
    return Produced::all;
}

}  // namespace server
