// Head, pieces, file parts and sources into the output queue.
#include "server/response_producer.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
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

http::Persistence persistence_of(Ending ending, const http::Request& request) {
    if (ending == Ending::close || ending == Ending::linger) return http::Persistence::close;
    return request.minor_version == 0 ? http::Persistence::stated : http::Persistence::implied;
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
        const bool whole =
            read_exactly(slice.file->descriptor(), at, room) && (count < left || slice.file->unchanged());
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

/// One pull of a source into the output, with the chunked coding around it where that is the framing.
http::BodySource::Pulled pull_source(http::BodySource& source, http::Framing::Kind framing, net::OutputQueue& output,
                                     Turn& turn) {
    const std::span<std::byte> room = output.reserve(turn.blocks, kSourceRoomBytes);
    if (framing != http::Framing::Kind::chunked) {
        const http::BodySource::Pulled pulled = source.pull(room);
        output.commit(pulled.bytes);
        return pulled;
    }
    const http::BodySource::Pulled pulled = source.pull(http::chunk_content(room));
    const bool finished = pulled.outcome == http::BodySource::Outcome::finished;
    const std::span<const std::byte> chunk =
        http::enclose_chunk(room, pulled.bytes, finished ? http::ChunkEnd::last : http::ChunkEnd::more_follows);
    // The size has fewer digits than there was room for; the queue takes bytes from the front of the room.
    std::memmove(room.data(), chunk.data(), chunk.size());
    output.commit(chunk.size());
    return pulled;
}

Produced produce_source(http::BodySource& source, Exchange& exchange, net::OutputQueue& output, Turn& turn) {
    for (int pulls = 0; pulls < kPullsPerTurn; ++pulls) {
        if (output.bytes() >= kHighWaterBytes) return Produced::more;
        const http::BodySource::Pulled pulled = pull_source(source, exchange.content_framing, output, turn);
        exchange.content_bytes += pulled.bytes;
        switch (pulled.outcome) {
            case http::BodySource::Outcome::produced: break;
            case http::BodySource::Outcome::failed: return Produced::failed;
            case http::BodySource::Outcome::finished: return Produced::all;
        }
    }
    return Produced::worked;
}

}  // namespace

void begin_response(http::Response&& response, Exchange& exchange, Ending& ending, net::OutputQueue& output,
                    Turn& turn) {
    const http::Request& request = exchange.request;
    const http::Framing framing = http::response_framing(response, request.method, request.minor_version);
    exchange.status = response.status;
    exchange.quiet = response.quiet;
    exchange.content_framing = framing.kind;
    if (http::ends_with_connection(response, request.method, request.minor_version)) {
        ending = ending == Ending::keep || ending == Ending::close ? Ending::close : Ending::linger;
    }
    const http::Persistence persistence = persistence_of(ending, request);
    const std::string_view shared_lines = turn.date.at(turn.clock.unix_seconds());
    const std::size_t bound = http::head_bytes_bound(response);
    if (bound <= kBlockBytes) {
        const std::span<std::byte> room = output.reserve(turn.blocks, bound);
        output.commit(http::write_head(response, framing, persistence, shared_lines, room));
    } else {
        std::vector<std::byte> room(bound);
        const std::size_t bytes = http::write_head(response, framing, persistence, shared_lines, room);
        output.append_bytes(turn.blocks, std::span(room).first(bytes));
    }
    const bool without_content = request.method == http::Method::head || http::forbids_content(response.status);
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
