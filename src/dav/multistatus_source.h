// The answer to a PROPFIND of a folder with its entries, as a response's body: each entry is looked at and written when
// there is room for it. Made by properties.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/directory_stream.h"
#include "base/fd.h"
#include "dav/property_writer.h"
#include "handler/visible_entries.h"
#include "http/body.h"
#include "http/made_text.h"
#include "http/memory_share.h"
#include "media/media_type.h"
#include "storage/file_root.h"

namespace dav {

/// What one such answer takes: a directory stream, whose buffer takes 32 KiB, and the text of some entries.
inline constexpr std::size_t kMultistatusBytes = std::size_t{64} * 1024;

class MultistatusSource final : public http::BodySource {
public:
    /// Whose entries, and for whom. Root and clock outlive the source.
    struct Folder {
        const storage::FileRoot& root;
        const base::Clock& clock;
        std::shared_ptr<const media::MediaTypes> types;
        std::string path;  ///< canonical, ends in '/'
        std::string href;  ///< its address, percent-encoded, ends in '/'
        handler::VisibleEntries visible;
        LockView locks;
    };

    /// `opening`: what was written already, the entry of the folder itself included. `hold`: kMultistatusBytes, given
    /// back with this.
    MultistatusSource(std::string opening, PropertyWriter writer, Folder folder, base::DirectoryStream directory,
                      http::MemoryHold hold);

    /// Fails when the folder cannot be read to its end. An entry that cannot be looked at is one with a status.
    Pulled pull(std::span<std::byte> into) override;
    [[nodiscard]] std::string_view lack() const override;
    [[nodiscard]] std::size_t memory_bytes() const override { return hold_.bytes(); }

private:
    /// The units that it took; see trees/walk_slice.
    unsigned write_next();
    void write_entry(const char* name);
    [[nodiscard]] base::Fd open_entry(const char* name, bool is_link) const;

    PropertyWriter writer_;
    Folder folder_;
    base::DirectoryStream directory_;
    http::MemoryHold hold_;
    enum class Stage : std::uint8_t { entries, ended, failed } stage_ = Stage::entries;
    int error_ = 0;        ///< errno that ended it
    int entry_error_ = 0;  ///< errno of the last entry that could not be looked at
    std::string path_;     ///< storage
    std::string href_;     ///< storage
    http::MadeText text_;
};

}  // namespace dav
