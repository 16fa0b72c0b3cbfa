// The rules for writing below the root, which uploads/, records/ and dav/ follow. Filled by app/, as a part of
// site::SiteConfig.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "handler/rights.h"
#include "handler/size_limit.h"
#include "storage/on_conflict.h"
#include "storage/sidecar_name.h"

namespace handler {

struct WriteRules : RightsRules {
    bool speaks_dav = false;                     ///< WebDAV: PROPFIND is answered, and a DELETE means the whole folder
    std::string records_path = "/database.txt";  ///< where records are answered; empty: nowhere
    std::string records_file = "/database.txt";  ///< their file's path below the root
    bool are_records_named = false;              ///< somebody chose where they are
    /// Where nothing may be written the file is a file like any other.
    [[nodiscard]] bool serves_records() const { return !records_path.empty() && allows_writing(); }
    /// True for the file of records, for its sidecars, and for paths that would need a directory in its place.
    [[nodiscard]] bool takes_records_name(std::string_view path) const {
        if (!serves_records() || !path.starts_with(records_file)) return false;
        if (path.size() == records_file.size() || path[records_file.size()] == '/') return true;
        const std::string_view file = storage::find_file_of_sidecar(path);
        return !file.empty() && takes_records_name(file);
    }
    /// Seconds that an upload which can be resumed is kept after its last byte; 0: none can be resumed.
    std::int64_t upload_expiry_s = 86'400;
    /// Files that are posted to a directory, alone or in a form, when their name is taken.
    storage::OnConflict on_conflict = storage::OnConflict::refuse;
    /// Last-Modified of an upload is the file's time; X-OC-Mtime always is.
    bool keep_mtime = false;
    /// Resumable uploads of one client that are not complete; more is 429.
    std::size_t max_uploads_per_client = 1'000;
    /// Bytes of one client's unfinished uploads of all kinds; more are 507. 0: no bound.
    std::uint64_t max_upload_bytes_per_client = 0;
    /// Forms of one client that are being taken or stored; more are 429. Each holds files that are not stored yet.
    std::size_t max_forms_per_client = 100;
    /// Of one upload. More is 413.
    SizeLimit max_body;
};

}  // namespace handler
