// What a file of records and one record of it may hold. Filled by the site's configuration; asked by the line's rules,
// the file and the handler of records.
#pragma once

#include <cstddef>
#include <cstdint>

namespace records {

struct RecordLimits {
    /// A request's body, which waits in memory: a form that people fill in is a few KiB.
    std::size_t max_body_bytes = std::size_t{64} * 1024;
    std::size_t max_fields = 64;
    std::size_t max_name_bytes = 64;
    std::size_t max_value_bytes = std::size_t{16} * 1024;
    /// A line of the file. Three bytes for each of a body's fit; a longer line is kept, but is no record.
    std::size_t max_line_bytes = std::size_t{256} * 1024;
    /// A change copies the whole file: this much takes some seconds, in slices. At most 2^44.
    std::uint64_t max_file_bytes = std::uint64_t{1} << 30;
    /// Each costs at most 44 bytes of memory.
    std::size_t max_records = 1'000'000;
};

/// Bytes of the file that one call reads or copies at most: well below a millisecond, so that other connections have
/// their turn.
inline constexpr std::size_t kRecordSliceBytes = std::size_t{256} * 1024;

}  // namespace records
