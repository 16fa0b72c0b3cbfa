// What the site is allowed to do and how it answers. Filled by app/options, read by the router and its handlers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "content/cache_rules.h"
#include "content/durability.h"
#include "content/file_root.h"
#include "content/on_conflict.h"
#include "handlers/site_rules.h"

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
    /// True for the file that records are in: requests that name it in passing do not touch it.
    [[nodiscard]] bool is_records_file(std::string_view path) const { return serves_records() && path == records_file; }
    /// Seconds that an upload which can be resumed is kept after its last byte; 0: none can be resumed.
    std::int64_t upload_expiry_s = 86'400;
    /// Host names that requests may be for, without a port, an IPv6 address in brackets; empty: any.
    std::vector<std::string> allowed_hosts;
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

    bool spa = false;         ///< paths that name nothing get the root's index, where the client takes HTML
    bool clean_urls = false;  ///< "/about" is about.html, and "/about.html" leads there
    std::vector<HeaderRule> headers;
    std::vector<content::CacheRule> cache_rules;
    std::vector<ErrorPage> error_pages;  ///< at most one for each status
    Cors cors;
};

}  // namespace handlers
