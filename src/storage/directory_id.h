// Identifies an open directory: several paths may lead to one, and every upload opens it again. Used by HeldNames and
// NamingBatches.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <compare>

namespace storage {

struct DirectoryId {
    dev_t device = 0;
    ino_t number = 0;
    friend auto operator<=>(const DirectoryId&, const DirectoryId&) = default;

    /// `directory` is open.
    static DirectoryId of(int directory) {
        struct stat status{};
        ::fstat(directory, &status);
        return {status.st_dev, status.st_ino};
    }
};

}  // namespace storage
