// Range requests (RFC 9110 §14): which bytes of a representation are asked for, Content-Range, and the text of
// multipart/byteranges around the parts. Called by the handler of files, after the preconditions. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/conditional.h"
#include "http/fields.h"
#include "http/limits.h"
#include "http/method.h"

namespace http {

/// Both ends are included; first <= last < the size of the representation.
struct ByteRange {
    std::uint64_t first = 0;
    std::uint64_t last = 0;

    [[nodiscard]] std::uint64_t length() const { return last - first + 1; }
    friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

struct RangeSet {
    enum class Kind : std::uint8_t {
        whole,          ///< 200: no Range, one that is not understood, or more work than the representation itself
        ranges,         ///< 206: one range plain, several as multipart/byteranges
        unsatisfiable,  ///< 416
    };

    Kind kind = Kind::whole;
    std::vector<ByteRange> ranges;  ///< in the order of the request; empty unless `kind` is ranges

    [[nodiscard]] std::span<const ByteRange> items() const { return ranges; }
};

/// A Range field's value for a representation of `size` bytes. Numbers of any length are understood (saturated);
/// overlapping and adjacent ranges become one. Whole: more than kMaxRanges, more than kMaxUnorderedRanges when some
/// overlap or are out of order, more bytes asked for than there are, or a representation without bytes. The work is
/// linear in the length of the value.
[[nodiscard]] RangeSet parse_range(std::string_view value, std::uint64_t size);

/// True when the request names more than one range, or might: each of them is work of its own.
[[nodiscard]] bool names_several_ranges(const Fields& fields, std::string_view text);

/// Range and If-Range together: whole for any method but GET and for repeated Range lines.
[[nodiscard]] RangeSet decide_ranges(const Fields& fields, std::string_view text, Method method,
                                     const Validators& validators, std::uint64_t size, std::int64_t now);

/// "bytes 0-4/11", for Content-Range.
[[nodiscard]] std::string content_range(const ByteRange& range, std::uint64_t size);
/// "bytes */11", for Content-Range of a 416.
[[nodiscard]] std::string unsatisfied_content_range(std::uint64_t size);

/// The text around the parts of a multipart/byteranges body. The body is, for every range in order, part_head() and
/// the bytes of the range, and then tail().
class ByteRangesText {
public:
    /// `number` makes the boundary: 64 bits that no content foresees. `content_type`: of the representation, may be
    /// empty; must outlive this object. `size`: of the representation.
    ByteRangesText(std::uint64_t number, std::string_view content_type, std::uint64_t size);

    /// "multipart/byteranges; boundary=…", the Content-Type of the response.
    [[nodiscard]] std::string media_type() const;
    /// Everything before the bytes of range `index`.
    [[nodiscard]] std::string part_head(const ByteRange& range, std::size_t index) const;
    [[nodiscard]] std::string tail() const;

private:
    std::string boundary_;
    std::string_view content_type_;
    std::uint64_t size_;
};

}  // namespace http
