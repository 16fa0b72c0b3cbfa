// The bounds of a file of records and of one record. Filled by the site's configuration; asked by the line's rules, the
// file and the handler of records.
#pragma once

#include <cstddef>
#include <cstdint>

namespace records {

struct RecordLimits {
    /// The most bytes of a request's body, which is kept in memory: a form that people fill in has a few KiB.
    std::size_t max_body_bytes = std::size_t{64} * 1024;
    std::size_t max_fields = 64;
    std::size_t max_name_bytes = 64;
    std::size_t max_value_bytes = std::size_t{16} * 1024;
    /// The longest line that is a record: enough for three bytes for each byte of a body. A longer line stays in the
    /// file, but is no record.
    std::size_t max_line_bytes = std::size_t{256} * 1024;
    /// The largest file. A change copies the whole file, which takes some seconds for this size, in slices. At most
    /// 2^44.
    std::uint64_t max_file_bytes = std::uint64_t{1} << 30;
    /// The most records: each costs at most 44 bytes of memory.
    std::size_t max_records = 1'000'000;
};

/// Bytes of the file that one call reads or copies at most: well below a millisecond, so that other connections have
/// their turn.
inline constexpr std::size_t kRecordSliceBytes = std::size_t{64} * 1024;

}  // namespace records
