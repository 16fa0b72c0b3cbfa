// Headers and zeros.
#include "archives/tar_archive.h"

#include "archives/tar_record.h"

namespace archives {

void TarArchive::begin_entry(std::string& out, const ArchiveEntry& entry) { out.append(tar_header(entry)); }

bool TarArchive::end_entry(std::string& out, const ArchiveEntry& entry, std::uint32_t /*crc*/) {
    out.append(tar_padding_bytes(entry.size_bytes), '\0');
    return true;
}

bool TarArchive::append_end(std::string& out) {
    out.append(kTarEndBytes, '\0');
    return false;
}

}  // namespace archives
