// GET and HEAD of a directory as an archive: a zip, a tar or a compressed tar of what is in it and below it, made while
// it is sent. A zip and a tar are measured first, so that they have a length and a tag and can be asked for in parts.
// Called by the router, where directories are listed.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "archives/archive_query.h"
#include "base/clock.h"
#include "base/fd.h"
#include "handler/handler.h"
#include "handler/rights.h"
#include "http/memory_share.h"
#include "storage/disk_queue.h"
#include "storage/file_root.h"

namespace archives {

/// What all archives under way may take together. A single client gets at most half: enough for eight archives, or for
/// one zip of about a million files.
inline constexpr std::size_t kArchivesBytes = std::size_t{64} * 1024 * 1024;

struct ArchivesConfig {
    int compression_level = 0;  ///< 0 to 9; of a tar.gz at least 1
    std::shared_ptr<const handler::PathRights> grants;
    std::string index_name;  ///< folders with a file of this name are not listed
};

class Archives {
public:
    /// The references must outlive this and every response made by it. `share`: of kArchivesBytes.
    Archives(const storage::FileRoot& root, const base::Clock& clock, storage::DiskQueue& disk,
             http::MemoryShare& share, ArchivesConfig config)
        : root_(root), clock_(clock), disk_(disk), share_(share), config_(std::move(config)) {}

    /// `request`: GET or HEAD of a path that ends in '/', by a client that may list it. `directory`: what it names,
    /// open. 503 when archives have used up their memory. A zip and a tar come later, when they were measured.
    handler::Decision send(const http::Request& request, base::Fd directory, ArchiveForm form);

private:
    const storage::FileRoot& root_;
    const base::Clock& clock_;
    storage::DiskQueue& disk_;
    http::MemoryShare& share_;
    ArchivesConfig config_;
};

}  // namespace archives
