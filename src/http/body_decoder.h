// A request body out of the bytes of the connection, by length or chunked (RFC 9112 §6, §7.1). Copies nothing.
// Called by the connection of HTTP/1 while it reads or drains a body.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "http/fields.h"
#include "http/framing.h"

namespace http {

class BodyDecoder {
public:
    enum class Outcome : std::uint8_t {
        need_more,  ///< everything given was consumed, or what is left is an incomplete line
        data,       ///< `data` holds body bytes; call again
        complete,   ///< the body has ended; the bytes after `consumed` are the next request's
        invalid,    ///< refusal() says why; the connection closes
    };
    struct Step {
        Outcome outcome;
        std::size_t consumed = 0;         ///< bytes of `input` that are done with
        std::span<const std::byte> data;  ///< a part of `input`
    };

    void start(const Framing& framing);
    /// Decodes one step. `input`: the unconsumed bytes of the connection. Every byte is consumed as soon as it was
    /// looked at: the decoder keeps what it must remember, so any cut of the input gives the same body.
    Step decode(std::span<const std::byte> input);

    /// Body bytes seen so far.
    [[nodiscard]] std::uint64_t body_bytes() const { return body_bytes_; }
    /// Bytes that are certainly still to come: exact for a length; for chunked, the rest of the chunk.
    [[nodiscard]] std::uint64_t announced_left() const { return left_; }
    [[nodiscard]] const Refusal& refusal() const { return refusal_; }

    /// The trailer section, once complete: kept apart from the head's fields (RFC 9110 §6.5). To be asked only for
    /// names whose definition allows them in trailers, never for framing, routing or authorization.
    [[nodiscard]] const std::string& trailer_text() const { return trailer_text_; }

private:
    enum class Stage : std::uint8_t {
        length,
        // A chunk's size line.
        size_start,
        size,
        extension_start,
        extension_name,
        extension_name_gap,
        extension_value_start,
        extension_value,
        extension_value_gap,
        quoted,
        quoted_pair,
        quoted_end,
        size_lf,
        chunk,
        chunk_cr,
        chunk_lf,
        trailer_start,
        trailer_name,
        trailer_value,
        trailer_lf,
        end_lf,
        complete,
        failed
    };

    Step decode_length(std::span<const std::byte> input);
    Step decode_chunked(std::span<const std::byte> input);
    /// Each takes one byte that is no chunk content. False: refused.
    bool take_framing_byte(char c);
    bool take_size_byte(char c);
    bool take_extension_byte(char c);
    bool take_extension_value_byte(char c);
    bool take_trailer_byte(char c);
    bool end_size(char c);
    bool end_size_line();
    bool refuse(Status status, std::string_view reason);
    /// Refuses a byte at its place: as a malformed line end, or with `reason`.
    bool refuse_byte(char c, std::string_view reason);

    Stage stage_ = Stage::complete;
    std::uint64_t left_ = 0;
    std::uint64_t body_bytes_ = 0;
    std::uint32_t size_digits_ = 0;
    std::uint32_t extension_bytes_ = 0;
    std::string trailer_text_;
    Refusal refusal_;
};

}  // namespace http
