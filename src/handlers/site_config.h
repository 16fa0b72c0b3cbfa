// What the site is allowed to do and how it answers. Filled by app/options, read by the router and its handlers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "content/durability.h"
#include "content/file_root.h"
#include "content/on_conflict.h"

namespace handlers {

struct SiteConfig {
    bool allow_upload = false;  ///< PUT and POST
    bool allow_delete = false;  ///< DELETE
    bool listing = true;        ///< of a directory without an index file; 403 otherwise
    bool builtin = true;        ///< /echo/, /user-agent, /files/, /healthz
    std::string index_name = "index.html";
    std::string records_path = "/database.txt";  ///< where records are answered; empty: nowhere
    std::string records_file = "/database.txt";  ///< their file's path below the root
    /// Where nothing may be written the file is a file like any other.
    [[nodiscard]] bool serves_records() const { return !records_path.empty() && (allow_upload || allow_delete); }
    content::Symlinks symlinks = content::Symlinks::inside;
    content::Durability durability = content::Durability::full;
    /// Files that are posted to a directory, alone or in a form, when their name is taken.
    content::OnConflict on_conflict = content::OnConflict::refuse;

    int compression_level = 6;  ///< 0 (never) to 9; zlib's own default is 6
    /// Bytes of the representation cache: small files and coded variants.
    std::size_t cache_bytes = std::size_t{64} * 1024 * 1024;
    /// Bytes of one upload; 0: no bound. More is 413.
    std::uint64_t max_body_bytes = 0;
    /// An upload that would leave less than this free on its file system is refused with 507.
    std::uint64_t min_free_bytes = 0;
};

}  // namespace handlers
