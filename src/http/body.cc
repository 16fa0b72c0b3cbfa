// Lengths of bodies.
#include "http/body.h"

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
    return std::nullopt;
}

}  // namespace http
