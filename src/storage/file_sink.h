// Writes the bytes of an upload into a temporary file beside its target, or in the nearest directory above it that
// exists: missing parents are made when the whole content is in. finish() hands the file to a FileCommit; destroying
// the sink is the abort, and leaves nothing. Called by every kind of upload and by FileCopy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "base/fd.h"
#include "http/framing.h"
#include "storage/file_root.h"
#include "storage/on_conflict.h"
#include "storage/temporary_file.h"
#include "storage/write_conditions.h"
#include "storage/write_parts.h"
#include "storage/write_place.h"

namespace storage {

class FileCommit;

/// A modification time that a file gets in place of that of its upload.
struct KeptTime {
    timespec time{};
    enum class Unit : std::uint8_t { second, nanosecond } unit = Unit::second;
};

class FileSink {
public:
    FileSink(FileSink&&) noexcept = default;
    FileSink& operator=(FileSink&&) noexcept = default;
    /// The abort, unless the file was published: what was written is freed in the background.
    ~FileSink() {
        if (bytes_ > 0) parts_->disk.close_later(file_.take_dropped());
    }

    /// Refuses what can be refused before the body: a name that cannot be written (403, 409, 414), conditions that
    /// do not hold (412), a lock (423), a taken name where that is refused (409), too little space (507). Space is
    /// reserved a little ahead of the bytes that come.
    /// `path`: a target's decoded path, not "/", not hidden, without a slash at its end.
    static std::expected<FileSink, http::Refusal> open(const WriteParts& parts, std::string_view path,
                                                       std::optional<std::uint64_t> length, WriteConditions conditions,
                                                       OnConflict on_conflict = OnConflict::replace);

    /// The refusals of open(), without making anything.
    static std::expected<WritePlace, http::Refusal> admit(const WriteParts& parts, std::string_view path,
                                                          std::optional<std::uint64_t> length,
                                                          const WriteConditions& conditions, OnConflict on_conflict);
    /// Goes on with `file`, which holds `bytes` bytes and lies in `directory`. Only a missing place is refused here
    /// (403, 409, 414); everything else is refused by the commit.
    static std::expected<FileSink, http::Refusal> resume(const WriteParts& parts, std::string_view path,
                                                         TemporaryFile file, std::shared_ptr<const base::Fd> directory,
                                                         std::uint64_t bytes, WriteConditions conditions,
                                                         OnConflict on_conflict);
    /// 507 when `more` bytes would leave less than `min_free`. `file` is any descriptor of the file system.
    static std::expected<void, http::Refusal> check_space(int file, std::uint64_t min_free, std::uint64_t more);

    /// Writes all of `block` behind what is there. After a refusal (507, 500) only destruction follows.
    std::expected<void, http::Refusal> write(std::span<const std::byte> block);
    /// Appends at most `most` bytes of the open file `source`, from the offset bytes() on. Returns how
    /// many were appended, 0 at the end of `source`. The file system shares their blocks where it can. Refusals as for
    /// write().
    std::expected<std::uint64_t, http::Refusal> copy_from(int source, std::uint64_t most);
    /// Takes away the permissions that `mode` does not have. 0, or an errno.
    [[nodiscard]] int withhold(mode_t mode);
    /// The file gets this modification time, in seconds since 1970, in place of the time of its upload.
    void keep_time(std::int64_t modified_s) { kept_time_ = {{modified_s, 0}, KeptTime::Unit::second}; }
    /// The same, exactly: a copy stays older or newer than what is beside it.
    void copy_time(const timespec& modified) { kept_time_ = {modified, KeptTime::Unit::nanosecond}; }
    /// The file gets the properties of the open file `source`, and none of a file that it replaces. 0, or an errno.
    [[nodiscard]] int copy_properties(int source);
    /// The whole content is in.
    std::unique_ptr<FileCommit> finish() &&;

    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
    /// Of the temporary file, to read back what was written; valid while this lives.
    [[nodiscard]] int descriptor() const { return file_.descriptor(); }

private:
    friend class FileCommit;
    friend class ParkedFile;
    FileSink(const WriteParts& parts, WritePlace place, TemporaryFile file, WriteConditions conditions,
             OnConflict on_conflict)
        : parts_(&parts),
          conditions_(std::move(conditions)),
          on_conflict_(on_conflict),
          place_(std::move(place)),
          file_(std::move(file)) {}

    [[nodiscard]] int reserve_ahead();
    std::expected<void, http::Refusal> note_written(std::uint64_t count);

    const WriteParts* parts_;
    WriteConditions conditions_;
    OnConflict on_conflict_;
    WritePlace place_;  // this or waited_in_ outlives file_, which borrows a directory of one of them
    std::shared_ptr<const base::Fd> waited_in_;
    TemporaryFile file_;
    std::uint64_t bytes_ = 0;
    std::uint64_t expected_bytes_ = 0;  ///< by the request's head; 0: not known, or so few that nothing is reserved
    std::uint64_t reserved_bytes_ = 0;
    std::uint64_t unchecked_ = 0;  ///< bytes since free space was last checked
    std::optional<KeptTime> kept_time_;
    /// Whose properties the file gets (storage/property_text).
    enum class Properties : std::uint8_t { of_replaced, of_source } properties_ = Properties::of_replaced;
};

}  // namespace storage
