// Request heads, incrementally: a pure function of the bytes, whichever way they are cut (RFC 9112 §2–5).
// Called by the connection with everything of the head received so far; looks at every byte once.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "http/request.h"

namespace http {

class HeadParser {
public:
    enum class Outcome : std::uint8_t { need_more, complete, invalid };

    /// For the next request.
    void reset();

    /// `text` begins with the head's first byte (or an empty line before it, RFC 9112 §2.2) and grows from call to
    /// call; it may have moved. `request` must be clear at the first call and be the same at every call.
    /// complete: `request` is filled, its text set, and head_bytes() long, empty lines in front included.
    /// invalid: refusal() says why; the connection answers and closes. Never needs more than kMaxHeadBytes.
    Outcome parse(std::string_view text, Request& request);

    /// True after `complete`, until reset(): parse() is not called any more.
    [[nodiscard]] bool is_complete() const { return stage_ == Stage::done; }
    [[nodiscard]] std::size_t head_bytes() const { return position_; }
    [[nodiscard]] const Refusal& refusal() const { return refusal_; }

private:
    enum class Stage : std::uint8_t { before_request_line, request_line, fields, done };

    /// Where the line at position_ ends: at its CR, at an LF that has none, or not yet (then: where the text ends).
    struct LineEnd {
        enum class Kind : std::uint8_t { missing, bare_lf, crlf };

        Kind kind;
        std::uint32_t end;
    };

    Outcome refuse(Status status, std::string_view reason);
    Outcome skip_empty_lines(std::string_view text);
    LineEnd find_line_end(std::string_view text);
    void next_line(const LineEnd& line);
    Outcome refuse_part_of_request_line(std::string_view text, const LineEnd& line, Request& request);
    Outcome parse_fields(std::string_view text, Request& request);
    Outcome finish(std::string_view text, Request& request);
    [[nodiscard]] bool is_known_host(const Request& request) const;
    void keep_host(std::string_view host);
    bool parse_request_line(std::string_view text, std::size_t begin, std::size_t end, Request& request);
    bool parse_field_line(std::string_view text, std::size_t begin, std::size_t end, Request& request);

    Stage stage_ = Stage::before_request_line;
    std::uint8_t empty_lines_ = 0;
    std::uint32_t position_ = 0;  ///< begin of the first line that is not yet parsed
    std::uint32_t scanned_ = 0;   ///< up to here no end of line was found
    std::uint8_t known_host_bytes_ = 0;
    std::array<char, 47> known_host_{};  ///< the last Host that was right; kept by reset()
    Refusal refusal_;
};

}  // namespace http
