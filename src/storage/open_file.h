// An open descriptor of a regular file, shared by the responses that send parts of it. Made by files/, records/,
// archives/ and FileCopy.
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "base/fd.h"
#include "http/body.h"
#include "storage/disk_queue.h"
#include "storage/write_watch.h"

namespace storage {

/// A file is sent without a copy when it was not written to for this long: pages that the kernel sends by reference
/// would show a later write.
inline constexpr base::UnixNs kRestNs = 10 * base::kNsPerSecond;

/// An open regular file and what it was when it was opened.
class OpenFile final : public http::BodyFile, public std::enable_shared_from_this<OpenFile> {
public:
    /// `clock` must outlive this, and so must `disk`, which may be absent as `writes` may.
    OpenFile(base::Fd descriptor, const struct stat& status, const base::Clock& clock, DiskQueue* disk = nullptr,
             std::shared_ptr<WriteWatch> writes = nullptr);
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    /// A file that lost its last name meanwhile is closed in the background, because closing it frees its blocks.
    ~OpenFile() override;

    [[nodiscard]] int descriptor() const override { return descriptor_.get(); }
    /// One fstat while nothing happened. Also true when only names, mode, owner or time changed, and when the file grew
    /// and its old content still begins and ends with the same bytes. docs/http.md says what is promised.
    [[nodiscard]] bool unchanged() const override;
    [[nodiscard]] bool at_rest() const override;
    /// Through the disk queue, where this is owned by shared pointers. `length`: kMostReadBytes at most.
    [[nodiscard]] http::Arrival read_ahead(std::uint64_t offset, std::uint64_t length, http::Wake wake) const override;

private:
    void watch(std::shared_ptr<WriteWatch> writes);
    [[nodiscard]] std::vector<std::byte> read_ends() const;
    void learn_ends() const;
    [[nodiscard]] bool is_unwritten(const struct stat& now) const;

    base::Fd descriptor_;
    struct stat status_;
    bool told_by_mtime_;  ///< a write after the opening gives another mtime
    const base::Clock& clock_;
    DiskQueue* disk_;
    std::shared_ptr<WriteWatch> writes_;  ///< null when writes are not watched
    int watch_ = WriteWatch::kNone;
    mutable std::vector<std::byte> ends_;  ///< the first and the last bytes; empty until they are in memory
};

}  // namespace storage
