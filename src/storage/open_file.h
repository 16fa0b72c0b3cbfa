// An open descriptor of a regular file, shared by the responses that send parts of it. Made by files/ and records/.
#pragma once

#include <sys/stat.h>

#include "base/clock.h"
#include "base/fd.h"
#include "http/body.h"
#include "storage/disk_queue.h"

namespace storage {

/// A file is sent without a copy when nobody wrote to it for this long: pages that the kernel sends by reference
/// would show a later write.
inline constexpr base::UnixNs kRestNs = 10 * base::kNsPerSecond;

/// An open regular file and what it was when it was opened.
class OpenFile final : public http::BodyFile {
public:
    /// `clock` must outlive this, and so must `disk`, which may be absent.
    OpenFile(base::Fd descriptor, const struct stat& status, const base::Clock& clock, DiskQueue* disk = nullptr);
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    /// A file that lost its last name meanwhile is closed aside: it gives its blocks back.
    ~OpenFile() override;

    [[nodiscard]] int descriptor() const override { return descriptor_.get(); }
    /// One fstat. Losing its name to another file, or any other new link count, is no change; a write, a truncation
    /// or a touch is.
    [[nodiscard]] bool unchanged() const override;
    [[nodiscard]] bool at_rest() const override;

private:
    base::Fd descriptor_;
    struct stat status_;
    bool told_by_mtime_;  ///< a write after the opening gives another mtime
    const base::Clock& clock_;
    DiskQueue* disk_;
};

}  // namespace storage
