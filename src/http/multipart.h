// multipart/form-data as a stream (RFC 7578, RFC 2046 §5.1.1): fed block by block, it gives the parts as they come and
// copies none of their bytes. Called by the sinks of forms.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace http {

/// Bytes of one part's head, all its field lines.
inline constexpr std::size_t kMaxPartHeadBytes = 8 * 1024;
/// Bytes of a form field's decoded name.
inline constexpr std::size_t kMaxPartNameBytes = 1024;
/// Parts of one body, files and fields together, unless the caller says otherwise.
inline constexpr std::size_t kMaxParts = 100;
/// RFC 2046 §5.1.1.
inline constexpr std::size_t kMaxBoundaryBytes = 70;

/// The boundary of "multipart/form-data; boundary=…", quoted or not. nullopt: another type, no boundary, or one with
/// bytes or of a length that RFC 2046 does not allow.
[[nodiscard]] std::optional<std::string> find_form_boundary(std::string_view content_type);

struct PartHead {
    std::string name;
    std::optional<std::string> filename;  ///< as sent: may be empty (no file was chosen) or hold a path
    std::string content_type;             ///< empty when not stated: text/plain
};

class MultipartParser {
public:
    enum class Event : std::uint8_t {
        need_more,   ///< all of the input was consumed
        part_begin,  ///< part() tells which
        part_bytes,  ///< `bytes` belong to the part; call again
        part_end,
        end,    ///< the closing delimiter was read; what follows is ignored
        error,  ///< error_text() says why; nothing more is read
    };
    struct Step {
        Event event;
        std::size_t consumed = 0;          ///< bytes of the input that are done with
        std::span<const std::byte> bytes;  ///< of the input or, a few, of this object; valid until the next call
    };

    /// `boundary`: from find_form_boundary().
    explicit MultipartParser(std::string_view boundary, std::size_t max_parts = kMaxParts);

    /// Reads on up to the next event. Every byte is consumed as soon as it was looked at: any cut of the body gives
    /// the same parts. Call until need_more.
    Step next(std::span<const std::byte> input);

    [[nodiscard]] const PartHead& part() const { return part_; }
    /// True when the closing delimiter was read. A body that ends before is cut off and must not count.
    [[nodiscard]] bool complete() const { return stage_ == Stage::epilogue; }
    /// One sentence for the client, of static lifetime; empty without an error.
    [[nodiscard]] std::string_view error_text() const { return error_text_; }
    /// The error is one of size or number: 413 rather than 400.
    [[nodiscard]] bool over_limit() const { return over_limit_; }

private:
    enum class Stage : std::uint8_t {
        preamble,         ///< before the first delimiter: ignored
        content,          ///< of a part
        part_ended,       ///< part_end is still to be told
        after_delimiter,  ///< "--", or padding and CRLF
        closing_dash,
        padding,
        delimiter_lf,
        head,
        epilogue,
        failed,
    };

    Step fail(std::string_view text, std::size_t consumed);
    Step fail_limit(std::string_view text, std::size_t consumed);
    Step advance(std::string_view input);
    Step continue_match(std::string_view input);
    Step scan_content(std::string_view input);
    Step give_content(std::string_view content, std::size_t consumed) const;
    void delimiter_found();
    Step read_delimiter_end(char c);
    Step read_head(std::string_view input);
    std::string_view take_head_line(std::string_view line);
    std::string_view take_disposition(std::string_view value);

    std::string delimiter_;  ///< CRLF, two dashes, the boundary
    std::size_t max_parts_;
    std::size_t parts_begun_ = 0;
    Stage stage_ = Stage::preamble;
    /// Bytes of the delimiter that were read. A delimiter needs no CRLF at the front of the body or behind a head.
    std::size_t matched_ = kLineEnd;
    std::size_t assumed_ = kLineEnd;  ///< of those, the ones that were not in the content
    std::size_t head_bytes_ = 0;
    std::string line_;  ///< of the part's head, as far as it was read
    bool has_disposition_ = false;
    bool over_limit_ = false;
    PartHead part_;
    std::string_view error_text_;

    static constexpr std::size_t kLineEnd = 2;
};

}  // namespace http
