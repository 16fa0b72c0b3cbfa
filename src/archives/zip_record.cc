// Sizes of 4 GiB and more, and offsets behind 4 GiB, need the ZIP64 field. The local header and the descriptor must
// agree on it (APPNOTE 4.3.9.2), so both decide by the size alone.
#include "archives/zip_record.h"

#include <algorithm>
#include <chrono>
#include <limits>

#include "base/escape.h"

namespace archives {
namespace {

constexpr std::uint64_t kMost16 = 0xFFFF;
constexpr std::uint64_t kMost32 = 0xFFFF'FFFF;
constexpr unsigned kUtf8Names = 1U << 11U;
constexpr unsigned kHasDescriptor = 1U << 3U;
constexpr unsigned kVersion = 20;
constexpr unsigned kVersion64 = 45;
constexpr unsigned kMadeByUnix = 3U << 8U;
constexpr unsigned kRegularFile = 0100000;  // as stat has it
constexpr unsigned kDirectory = 0040000;
constexpr std::uint32_t kDosDirectory = 0x10;

void add16(std::string& text, std::uint64_t value) {
    text.push_back(static_cast<char>(value & 0xFFU));
    text.push_back(static_cast<char>((value >> 8U) & 0xFFU));
}
void add32(std::string& text, std::uint64_t value) {
    add16(text, value & kMost16);
    add16(text, (value >> 16U) & kMost16);
}
void add64(std::string& text, std::uint64_t value) {
    add32(text, value & kMost32);
    add32(text, value >> 32U);
}

/// Time in the low half, date in the high half (UTC: a server has no zone to tell); 1980 to 2107.
std::uint32_t dos_time(std::int64_t modified_s) {
    using namespace std::chrono;
    constexpr std::int64_t kEarliest = sys_seconds(sys_days(year(1980) / 1 / 1)).time_since_epoch().count();
    constexpr std::int64_t kLatest = sys_seconds(sys_days(year(2108) / 1 / 1)).time_since_epoch().count() - 1;
    const sys_seconds when(seconds(std::clamp(modified_s, kEarliest, kLatest)));
    const auto day = floor<days>(when);
    const year_month_day date(day);
    const auto second = static_cast<std::uint32_t>((when - day).count());
    const auto years = static_cast<std::uint32_t>(static_cast<int>(date.year()) - 1980);
    const std::uint32_t packed_date =
        (years << 9U) | (static_cast<unsigned>(date.month()) << 5U) | static_cast<unsigned>(date.day());
    return (packed_date << 16U) | ((second / 3600) << 11U) | ((second / 60 % 60) << 5U) | (second % 60 / 2);
}

/// The extended timestamp ("UT"), where 32 bits hold the time.
std::string time_field(std::int64_t modified_s) {
    std::string field;
    if (modified_s < std::numeric_limits<std::int32_t>::min() ||
        modified_s > std::numeric_limits<std::int32_t>::max()) {
        return field;
    }
    add16(field, 0x5455);
    add16(field, 5);
    field.push_back(1);
    add32(field, static_cast<std::uint32_t>(static_cast<std::int32_t>(modified_s)));
    return field;
}

bool is_large(const ArchiveEntry& entry) { return entry.size_bytes >= kMost32; }

unsigned flags_of(const ArchiveEntry& entry) {
    return (base::is_valid_utf8(entry.path) ? kUtf8Names : 0) | (entry.is_directory() ? 0 : kHasDescriptor);
}

std::uint32_t attributes_of(const ArchiveEntry& entry) {
    if (entry.is_directory()) return ((kDirectory | entry.mode()) << 16U) | kDosDirectory;
    return (kRegularFile | entry.mode()) << 16U;
}

}  // namespace

std::string zip_local_header(const ArchiveEntry& entry) {
    std::string extra = time_field(entry.modified_s);
    const bool large = is_large(entry);
    if (large) {
        add16(extra, 1);
        add16(extra, 16);
        add64(extra, entry.size_bytes);
        add64(extra, entry.size_bytes);
    }
    std::string text = "PK\3\4";
    add16(text, large ? kVersion64 : kVersion);
    add16(text, flags_of(entry));
    add16(text, 0);  // stored
    add32(text, dos_time(entry.modified_s));
    add32(text, 0);
    // A reader that goes from front to back needs the size of a stored entry here, because nothing else tells where its
    // content ends.
    add32(text, large ? kMost32 : entry.size_bytes);
    add32(text, large ? kMost32 : entry.size_bytes);
    add16(text, entry.path.size());
    add16(text, extra.size());
    return text.append(entry.path).append(extra);
}

std::string zip_descriptor(const ArchiveEntry& entry, std::uint32_t crc) {
    std::string text;
    if (entry.is_directory()) return text;
    text = "PK\7\10";
    add32(text, crc);
    for (int twice = 0; twice < 2; ++twice) {
        if (is_large(entry)) {
            add64(text, entry.size_bytes);
        } else {
            add32(text, entry.size_bytes);
        }
    }
    return text;
}

std::string zip_directory_record(const ArchiveEntry& entry, std::uint32_t crc, std::uint64_t offset_bytes) {
    std::string extra = time_field(entry.modified_s);
    const bool large = is_large(entry);
    const bool is_far = offset_bytes >= kMost32;
    if (large || is_far) {
        add16(extra, 1);
        add16(extra, (large ? 16U : 0U) + (is_far ? 8U : 0U));
        if (large) add64(extra, entry.size_bytes);
        if (large) add64(extra, entry.size_bytes);
        if (is_far) add64(extra, offset_bytes);
    }
    std::string text = "PK\1\2";
    const unsigned version = large || is_far ? kVersion64 : kVersion;
    add16(text, kMadeByUnix | version);
    add16(text, version);
    add16(text, flags_of(entry));
    add16(text, 0);  // stored
    add32(text, dos_time(entry.modified_s));
    add32(text, crc);
    add32(text, large ? kMost32 : entry.size_bytes);
    add32(text, large ? kMost32 : entry.size_bytes);
    add16(text, entry.path.size());
    add16(text, extra.size());
    add16(text, 0);  // comment
    add16(text, 0);  // disk
    add16(text, 0);  // internal attributes
    add32(text, attributes_of(entry));
    add32(text, is_far ? kMost32 : offset_bytes);
    return text.append(entry.path).append(extra);
}

std::string zip_end(const ZipEnd& end) {
    std::string text;
    if (end.entries >= kMost16 || end.directory_bytes >= kMost32 || end.offset_bytes >= kMost32) {
        text = "PK\6\6";
        add64(text, 44);
        add16(text, kMadeByUnix | kVersion64);
        add16(text, kVersion64);
        add32(text, 0);
        add32(text, 0);
        add64(text, end.entries);
        add64(text, end.entries);
        add64(text, end.directory_bytes);
        add64(text, end.offset_bytes);
        text += "PK\6\7";
        add32(text, 0);
        add64(text, end.offset_bytes + end.directory_bytes);
        add32(text, 1);
    }
    text += "PK\5\6";
    add32(text, 0);  // both disk numbers
    add16(text, std::min(end.entries, kMost16));
    add16(text, std::min(end.entries, kMost16));
    add32(text, std::min(end.directory_bytes, kMost32));
    add32(text, std::min(end.offset_bytes, kMost32));
    const std::string_view comment = end.comment.substr(0, kMost16);
    add16(text, comment.size());
    return text.append(comment);
}

}  // namespace archives
