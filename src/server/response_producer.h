// Gives the content of a response to a framer, piece by piece, as far as there is room. Called by Exchange in
// `responding`.
#pragma once

#include <cstddef>
#include <cstdint>

#include "http/body.h"
#include "http/read_ahead.h"
#include "server/framer.h"

namespace server {

/// A response's content, and how much of it was given to the framer.
struct Content {
    http::Body body;
    std::size_t piece_index = 0;     ///< of the body's pieces: the one being sent
    std::uint64_t piece_offset = 0;  ///< bytes of it that were handed over
    std::uint64_t bytes = 0;         ///< handed over in all
    http::ReadAhead ahead;           ///< of the piece that is a part of a file

    /// Takes over `from`. A single piece, which most responses have, is moved directly: the general move is slow.
    void take(http::Body&& from) {
        if (auto* const piece = std::get_if<http::Piece>(&from)) {
            body.emplace<http::Piece>(std::move(*piece));
        } else {
            body = std::move(from);
        }
    }
    void reset() {
        body.emplace<std::monostate>();
        piece_index = 0;
        piece_offset = 0;
        bytes = 0;
        ahead = {};
    }
    /// False when it is in memory whole.
    [[nodiscard]] bool may_wait() const {
        const auto* const piece = std::get_if<http::Piece>(&body);
        if (piece != nullptr) return std::holds_alternative<http::FileSlice>(*piece);
        return !std::holds_alternative<std::monostate>(body);
    }
};

enum class Produced : std::uint8_t {
    all,      ///< the last byte was handed over
    more,     ///< there is more when output has left
    worked,   ///< a source worked for its share of the turn; call again in the next one
    waiting,  ///< the next bytes come from the disk; call again when the wake comes back
    failed,   ///< the content cannot be finished: the peer must see that it is incomplete
};

/// Gives more of the content to the framer.
/// `pulls`: how often a source may be pulled. Nothing else here takes much time. `wake`: comes back after
/// Produced::waiting; of no meaning unless content.may_wait().
[[nodiscard]] Produced produce(Content& content, Framer& framer, std::uint32_t pulls, http::Wake wake);

}  // namespace server
