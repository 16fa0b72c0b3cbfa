// Lengths of bodies, and their memory.
#include "http/body.h"

#include "base/memory_budget.h"
#include "http/response.h"

namespace http {

std::uint64_t piece_bytes(const Piece& piece) {
    if (const auto* text = std::get_if<std::string>(&piece)) return text->size();
    if (const auto* blob = std::get_if<Blob>(&piece)) return blob->bytes.size();
    return std::get<FileSlice>(piece).length;
}

std::optional<std::uint64_t> body_bytes(const Body& body) {
    if (std::holds_alternative<std::monostate>(body)) return 0;
    if (const auto* piece = std::get_if<Piece>(&body)) return piece_bytes(*piece);
    if (const auto* pieces = std::get_if<std::vector<Piece>>(&body)) {
        std::uint64_t sum = 0;
        for (const Piece& piece : *pieces) sum += piece_bytes(piece);
        return sum;
    }
    return std::get<std::unique_ptr<BodySource>>(body)->length_bytes();
}

namespace {

std::size_t memory_of(const Piece& piece) {
    if (const auto* text = std::get_if<std::string>(&piece)) return text->capacity();
    if (const auto* blob = std::get_if<Blob>(&piece)) return base::shared_part(blob->owner, blob->bytes.size());
    return 0;
}

/// Pieces of one owner, as those of a listing, stand behind each other: they hold it together.
std::size_t memory_of(const std::vector<Piece>& pieces) {
    std::size_t sum = pieces.capacity() * sizeof(Piece);
    for (const Piece& piece : pieces) {
        const auto* const blob = std::get_if<Blob>(&piece);
        sum += blob == nullptr ? memory_of(piece) : blob->bytes.size();
    }
    return sum;
}

}  // namespace

std::size_t memory_bytes(const Body& body) {
    if (const auto* piece = std::get_if<Piece>(&body)) return memory_of(*piece);
    if (const auto* pieces = std::get_if<std::vector<Piece>>(&body)) return memory_of(*pieces);
    if (const auto* source = std::get_if<std::unique_ptr<BodySource>>(&body)) return (*source)->memory_bytes();
    return 0;
}

}  // namespace http
