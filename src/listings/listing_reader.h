// Reads the names in a directory and the status of each: decides what a listing shows and what it leaves out. Called by
// listing_gathering and listing_source.
#pragma once

#include <cstdint>
#include <string>

#include "base/directory_stream.h"
#include "handler/visible_entries.h"
#include "listings/entry_look.h"
#include "listings/listing_item.h"
#include "media/media_type.h"
#include "storage/file_root.h"

namespace listings {

class ListingReader {
public:
    /// `directory`: open, from FileRoot::open_directory. `path`: its decoded path, ending in '/'. `root` must outlive
    /// this, and `types` this and its items. `visible`: what the client may know of.
    ListingReader(const storage::FileRoot& root, const media::MediaTypes& types, base::Fd directory, std::string path,
                  handler::VisibleEntries visible = {});

    enum class Step : std::uint8_t {
        item,    ///< item() is the next name
        passed,  ///< a name that is not shown: hidden, not for this client, or neither a file nor a directory
        end,
        failed,  ///< the directory cannot be read; error() is the errno
    };

    /// Reads at most one name and, where the directory does not tell its kind (links, some file systems), its status.
    /// About once in a thousand calls the kernel is asked for more names.
    Step next();
    /// Valid until the next call of next(). May be swapped away.
    [[nodiscard]] ListingItem& item() { return item_; }

    /// As EntryLook does it.
    bool look(ListingItem& item);

    /// Back to the beginning.
    void rewind() { stream_.rewind(); }

    [[nodiscard]] int error() const { return error_; }
    /// As EntryLook says.
    [[nodiscard]] std::string_view lack() const { return look_.lack(); }

private:
    [[nodiscard]] bool is_visible(const ListingItem& item);

    const storage::FileRoot& root_;
    const media::MediaTypes& types_;
    std::string path_;
    base::DirectoryStream stream_;
    int error_ = 0;
    EntryLook look_;
    ListingItem item_;        ///< its text is reused for every name
    std::string entry_path_;  ///< likewise
    handler::VisibleEntries visible_;
};

}  // namespace listings
