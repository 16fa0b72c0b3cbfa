// An archive as a response's body: each entry is looked at, opened and sent when there is room for it. Made by
// archives/archives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "archives/archive_format.h"
#include "archives/archive_version.h"
#include "base/clock.h"
#include "http/body.h"
#include "http/made_text.h"
#include "http/memory_share.h"
#include "http/read_ahead.h"
#include "storage/disk_queue.h"
#include "storage/open_file.h"
#include "trees/tree_walk.h"
#include "trees/walk_slice.h"

namespace archives {

/// The bytes of an archive that are sent.
struct ArchivePart {
    std::uint64_t first = 0;
    std::uint64_t length = 0;
};

/// An archive that was measured, and what is sent of it.
struct PromisedArchive {
    ArchiveVersion version;
    ArchivePart part;
};

class ArchiveSource final : public http::BodySource {
public:
    /// `walk`: at its beginning. `clock` and `disk`, which may be null, outlive this. `hold`: what the walk may take,
    /// given back with this. `promised`: when it is there, nothing but these bytes of this version are sent. Without
    /// it everything is sent as it is found.
    ArchiveSource(trees::TreeWalk walk, std::unique_ptr<ArchiveFormat> format, const base::Clock& clock,
                  storage::DiskQueue* disk, http::MemoryHold hold,
                  std::optional<PromisedArchive> promised = std::nullopt);

    /// Fails, so that the answer is cut, when
    /// (1) a file turns out shorter or was changed while it was sent,
    /// (2) it is not the version that was promised,
    /// (3) an entry cannot be read for another reason than its rights, or
    /// (4) there is no memory for a zip's directory.
    Pulled pull(std::span<std::byte> into) override;
    void wake_with(http::Wake wake) override { wake_ = wake; }
    [[nodiscard]] std::optional<std::uint64_t> length_bytes() const override;
    [[nodiscard]] std::string_view lack() const override;
    [[nodiscard]] std::size_t memory_bytes() const override { return hold_.bytes() + format_->memory_bytes(); }

private:
    enum class Stage : std::uint8_t { entries, ending, ended };
    enum class Fault : std::uint8_t { none, changed, other_version, unreadable, no_memory };

    [[nodiscard]] std::span<std::byte> room_in(std::span<std::byte> into) const;
    std::size_t keep(std::size_t bytes);
    [[nodiscard]] std::uint64_t ready_bytes();
    std::size_t copy_content(std::span<std::byte> into, trees::WalkSlice& slice);
    void pass_content();
    [[nodiscard]] bool read_content(std::span<std::byte> room);
    void work(trees::WalkSlice& slice);
    void begin_entry();
    [[nodiscard]] bool is_as_promised();
    void end_entry();

    trees::TreeWalk walk_;
    std::unique_ptr<ArchiveFormat> format_;
    const base::Clock& clock_;
    storage::DiskQueue* disk_;
    http::MemoryHold hold_;
    std::optional<ArchiveVersion> version_;  ///< that was promised
    EntryMarks marks_;
    std::size_t entries_ = 0;
    std::uint64_t skip_;  ///< bytes before the first one that is sent
    std::uint64_t left_;  ///< bytes that are still sent
    Stage stage_ = Stage::entries;
    Fault fault_ = Fault::none;
    int error_ = 0;                                  ///< errno of `unreadable`
    ArchiveEntry entry_;                             ///< that is being sent
    std::shared_ptr<const storage::OpenFile> file_;  ///< its content; null between entries
    http::ReadAhead ahead_;                          ///< of file_
    std::optional<http::Wake> wake_;
    std::uint64_t offset_ = 0;  ///< in the content
    std::uint32_t crc_ = 0;     ///< of the content before it
    http::MadeText text_;
};

}  // namespace archives
