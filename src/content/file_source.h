// Where the bytes of a file come from: an open descriptor that responses share, and a source that compresses it while
// it is sent. Made by the representation cache.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/clock.h"
#include "base/fd.h"
#include "content/deflate_encoder.h"
#include "content/disk_queue.h"
#include "http/body.h"

namespace content {

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

/// Compresses a file, or bytes in memory, slice by slice while it is sent. Fails when the file turns out shorter, or
/// was changed: the client then sees an incomplete answer.
class CompressingSource final : public http::BodySource {
public:
    /// Told what came out, so that it can be kept. Asked by one source at a time.
    class Keeper {
    public:
        virtual ~Keeper() = default;
        /// The next coded bytes.
        virtual void append(std::span<const std::byte> coded) = 0;
        /// That was all, and the file is still the same version.
        virtual void complete() = 0;
    };

    /// `file` or `bytes` is the input, `length` bytes long; `owner` keeps `bytes` alive. `keeper` may be null.
    CompressingSource(std::shared_ptr<const OpenFile> file, http::Blob bytes, std::uint64_t length,
                      DeflateEncoder::Format format, int level, std::unique_ptr<Keeper> keeper);

    Pulled pull(std::span<std::byte> into) override;

private:
    [[nodiscard]] bool fill();

    std::shared_ptr<const OpenFile> file_;
    http::Blob bytes_;
    std::uint64_t length_;
    std::uint64_t offset_ = 0;  ///< of the input that was read so far
    DeflateEncoder::Format format_;
    int level_;
    std::unique_ptr<Keeper> keeper_;
    std::unique_ptr<DeflateEncoder> encoder_;  ///< made by the first pull: a HEAD never needs it
    std::vector<std::byte> buffer_;
    std::span<const std::byte> input_;  ///< read and not yet compressed
};

}  // namespace content
