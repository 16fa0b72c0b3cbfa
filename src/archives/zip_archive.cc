// Offsets are sums of what was written, so they are not noted.
#include "archives/zip_archive.h"

#include "archives/zip_record.h"
#include "base/escape.h"

namespace archives {
namespace {

/// A comment has at most 65,535 bytes.
constexpr std::size_t kNamedBytes = std::size_t{32} * 1024;
constexpr std::size_t kNameBytes = 1024;
/// Of the central directory in one call.
constexpr std::size_t kPartBytes = std::size_t{4} * 1024;

std::uint64_t bytes_of(const ArchiveEntry& entry, std::uint32_t crc) {
    return zip_local_header(entry).size() + entry.size_bytes + zip_descriptor(entry, crc).size();
}

}  // namespace

void ZipArchive::begin_entry(std::string& out, const ArchiveEntry& entry) { out.append(zip_local_header(entry)); }

bool ZipArchive::end_entry(std::string& out, const ArchiveEntry& entry, std::uint32_t crc) {
    out.append(zip_descriptor(entry, crc));
    ++entries_;
    entries_bytes_ += bytes_of(entry, crc);
    return notes_.add(entry, crc);
}

/// Names are escaped: the charset of a comment is not told, and the bytes of an end record must not be in it.
void ZipArchive::leave_out(const ArchiveEntry& entry) {
    if (left_out_.size() + kNameBytes > kNamedBytes) {
        ++unnamed_;
        return;
    }
    base::append_log_escaped(left_out_, entry.path, kNameBytes);
    left_out_.push_back('\n');
}

std::string ZipArchive::comment() const {
    if (left_out_.empty()) return {};
    std::string text =
        "Left out, because they are not listed here, may not be read, are too deep, or lead around in a circle:\n" +
        left_out_;
    if (unnamed_ > 0) text.append("and ").append(std::to_string(unnamed_)).append(" more\n");
    return text;
}

bool ZipArchive::append_end(std::string& out) {
    const std::size_t before = out.size();
    while (out.size() - before < kPartBytes) {
        if (!notes_.take(note_)) {
            directory_bytes_ += out.size() - before;
            const std::string text = comment();
            out.append(zip_end({.entries = entries_,
                                .directory_bytes = directory_bytes_,
                                .offset_bytes = entries_bytes_,
                                .comment = text}));
            return false;
        }
        out.append(zip_directory_record(note_.entry, note_.crc, offset_bytes_));
        offset_bytes_ += bytes_of(note_.entry, note_.crc);
    }
    directory_bytes_ += out.size() - before;
    return true;
}

}  // namespace archives
