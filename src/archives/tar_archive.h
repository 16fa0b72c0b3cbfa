// An archive in the format of tar: nothing has to be remembered, so it has any number of entries. Made by archives.
#pragma once

#include <cstdint>
#include <string>

#include "archives/archive_format.h"

namespace archives {

class TarArchive final : public ArchiveFormat {
public:
    [[nodiscard]] bool needs_crc() const override { return false; }
    void begin_entry(std::string& out, const ArchiveEntry& entry) override;
    [[nodiscard]] bool end_entry(std::string& out, const ArchiveEntry& entry, std::uint32_t crc) override;
    /// The format has no place to say it.
    void leave_out(const ArchiveEntry& /*entry*/) override {}
    [[nodiscard]] bool append_end(std::string& out) override;
};

}  // namespace archives
