// Gives pieces, parts of files and sources to a framer.
#include "server/response_producer.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/file_io.h"

namespace server {
namespace {

/// Content up to this size is copied behind the head: one piece to send instead of two, and pipelined answers leave
/// in one block.
constexpr std::size_t kCopyBytes = 4 * 1024;
/// The last bytes of a file are sent from memory, after a check that the file is still the same version.
constexpr std::uint64_t kFileTailBytes = 4 * 1024;

/// A file at rest is sent from the kernel's pages. A file that was written to lately is read into memory. The last
/// bytes are always read into memory, and sent only when the file is still the one that the head described.
Produced produce_file(const http::FileSlice& slice, Content& content, Framer& framer, Rest rest, http::Wake wake) {
    while (content.piece_offset < slice.length) {
        const std::uint64_t left = slice.length - content.piece_offset;
        const std::uint64_t at = slice.offset + content.piece_offset;
        const std::uint64_t ready = content.ahead.ready(*slice.file, at, left, wake);
        if (ready == 0) return Produced::waiting;
        if (left > kFileTailBytes && slice.file->at_rest()) {
            const std::uint64_t taken = framer.send_file({slice.file, at, std::min(ready, left - kFileTailBytes)});
            content.piece_offset += taken;
            content.bytes += taken;
            return Produced::more;
        }
        // The tail waits until everything before it has left, so that the file is checked as late as possible.
        if (slice.file->at_rest() && left < slice.length && !framer.all_sent()) return Produced::more;
        if (framer.room() == 0) return Produced::more;
        const std::span<std::byte> room =
            framer.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(left, kMostReservedBytes)));
        const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(ready, room.size()));
        const bool whole = base::read_exactly(slice.file->descriptor(), at, room.first(count)) &&
                           (count < left || slice.file->unchanged());
        framer.commit(whole ? count : 0, whole && count == left ? rest : Rest::more);
        if (!whole) return Produced::failed;
        content.piece_offset += count;
        content.bytes += count;
    }
    return Produced::all;
}

Produced produce_blob(const http::Blob& blob, Content& content, Framer& framer, Rest rest) {
    const auto bytes = blob.bytes.subspan(static_cast<std::size_t>(content.piece_offset));
    const std::size_t taken =
        bytes.size() <= kCopyBytes ? framer.copy(bytes, rest) : framer.share(blob.owner, bytes, rest);
    content.piece_offset += taken;
    content.bytes += taken;
    return taken == bytes.size() ? Produced::all : Produced::more;
}

Produced produce_piece(http::Piece& piece, Content& content, Framer& framer, Rest rest, http::Wake wake) {
    if (const auto* slice = std::get_if<http::FileSlice>(&piece)) {
        return produce_file(*slice, content, framer, rest, wake);
    }
    if (const auto* blob = std::get_if<http::Blob>(&piece)) return produce_blob(*blob, content, framer, rest);
    auto& text = std::get<std::string>(piece);
    if (text.size() <= kCopyBytes)
        return produce_blob({nullptr, std::as_bytes(std::span(text))}, content, framer, rest);
    auto shared = std::make_shared<const std::string>(std::move(text));
    const auto bytes = std::as_bytes(std::span(*shared));
    return produce_blob(piece.emplace<http::Blob>(std::move(shared), bytes), content, framer, rest);
}

Produced produce_source(http::BodySource& source, Content& content, Framer& framer, std::uint32_t pulls,
                        http::Wake wake) {
    source.wake_with(wake);
    for (; pulls > 0; --pulls) {
        if (framer.room() == 0) return Produced::more;
        const http::BodySource::Pulled pulled = source.pull(framer.reserve(kMostReservedBytes));
        const bool is_last = pulled.outcome == http::BodySource::Outcome::finished;
        framer.commit(pulled.bytes, is_last ? Rest::nothing : Rest::more);
        content.bytes += pulled.bytes;
        switch (pulled.outcome) {
            case http::BodySource::Outcome::produced: break;
            case http::BodySource::Outcome::waiting: return Produced::waiting;
            case http::BodySource::Outcome::failed: return Produced::failed;
            case http::BodySource::Outcome::finished: return Produced::all;
        }
    }
    return Produced::worked;
}

}  // namespace

Produced produce(Content& content, Framer& framer, std::uint32_t pulls, http::Wake wake) {
    if (std::holds_alternative<std::monostate>(content.body)) return Produced::all;
    if (auto* piece = std::get_if<http::Piece>(&content.body)) {
        return produce_piece(*piece, content, framer, Rest::nothing, wake);
    }
    if (auto* source = std::get_if<std::unique_ptr<http::BodySource>>(&content.body)) {
        return produce_source(**source, content, framer, pulls, wake);
    }
    auto& pieces = std::get<std::vector<http::Piece>>(content.body);
    while (content.piece_index < pieces.size()) {
        if (framer.room() == 0) return Produced::more;
        const Rest rest = content.piece_index + 1 < pieces.size() ? Rest::more : Rest::nothing;
        const Produced produced = produce_piece(pieces[content.piece_index], content, framer, rest, wake);
        if (produced != Produced::all) return produced;
        ++content.piece_index;
        content.piece_offset = 0;
        content.ahead = {};
    }
    return Produced::all;
}

}  // namespace server
