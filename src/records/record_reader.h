// The lines of a file of records, in order, read block by block. Used by the index and by the views of all records.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace records {

class RecordReader {
public:
    enum class Step : std::uint8_t {
        line,     ///< line() and offset() tell which
        skipped,  ///< a part of a line that is too long was passed over
        end,      ///< the whole length was read
        failed,   ///< error() tells why
    };

    RecordReader() = default;
    /// Reads `length` bytes of `file`, which must stay open. Longer lines than `max_line_bytes` are skipped.
    RecordReader(int file, std::uint64_t length, std::size_t max_line_bytes)
        : file_(file), length_(length), max_line_bytes_(max_line_bytes) {}

    /// Reads at most the longest line and one block.
    Step next();

    /// Without its newline; valid until the next call.
    [[nodiscard]] std::string_view line() const { return line_; }
    /// After `failed`: the disk's errno, or 0 when the file is shorter than it was.
    [[nodiscard]] int error() const { return error_; }
    /// Where the line begins.
    [[nodiscard]] std::uint64_t offset() const { return offset_; }
    /// The bytes read from the file so far, by which the work is measured.
    [[nodiscard]] std::uint64_t bytes_read() const { return read_; }
    /// At the end: the last line had a newline, or there was none.
    [[nodiscard]] bool ended_with_newline() const { return newline_last_; }
    /// Of memory for what was read.
    [[nodiscard]] std::size_t memory_bytes() const { return block_.capacity(); }

private:
    [[nodiscard]] bool fill();

    int file_ = -1;
    std::uint64_t length_ = 0;
    std::size_t max_line_bytes_ = 0;
    std::string block_;  ///< read and not yet given out, from at_ on
    std::size_t at_ = 0;
    std::uint64_t read_ = 0;
    std::string_view line_;
    std::uint64_t offset_ = 0;
    bool skipping_ = false;  ///< inside a line that is too long
    bool newline_last_ = true;
    int error_ = 0;
};

}  // namespace records
