// Opening an upload's temporary file, and writing its bytes.
#include "storage/file_sink.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/file_io.h"
#include "storage/copy_bytes.h"
#include "storage/file_commit.h"
#include "storage/locks.h"
#include "storage/property_text.h"
#include "storage/taken_name.h"
#include "storage/write_error.h"

namespace storage {
namespace {

/// No space is reserved for smaller bodies: they arrive in a few blocks, and the first write shows whether there is
/// room.
constexpr std::uint64_t kReserveFromBytes = 64 * 1024;
/// The most that is reserved ahead of the bytes that have arrived: a request's head alone does not take the disk.
constexpr std::uint64_t kFirstReserveBytes = 4 * 1024 * 1024;
constexpr std::uint64_t kMaxReserveBytes = 64 * 1024 * 1024;
/// For a body of unknown length the free space is checked again after this many bytes.
constexpr std::uint64_t kSpaceCheckBytes = 8 * 1024 * 1024;

std::unexpected<http::Refusal> refuse(int error) { return std::unexpected(write_refusal(error)); }

/// Reserves blocks for the next bytes, so that they lie together. Returns an errno or 0.
int reserve(int file, std::uint64_t begin, std::uint64_t length) {
    struct statfs system{};
    // In a tmpfs, reserving clears every page at once, which could hold up the loop; there the check of free space has
    // to be enough.
    if (::fstatfs(file, &system) != 0 || system.f_type == TMPFS_MAGIC) return 0;
    int error = EINTR;
    while (error == EINTR) {
        // The file's size stays what was written, so a body that ends early never leaves zeros at its end.
        const bool reserved =
            ::fallocate(file, FALLOC_FL_KEEP_SIZE, static_cast<off_t>(begin), static_cast<off_t>(length)) == 0;
        error = reserved ? 0 : errno;
    }
    return error == EOPNOTSUPP || error == ENOSYS ? 0 : error;
}

/// What stands in the way of a new file, whatever its content.
std::optional<http::Refusal> find_obstacle(const WritePlace& place, const std::optional<struct stat>& found,
                                           OnConflict on_conflict) {
    if (const auto taken = find_taken_name(place, found, on_conflict)) return taken;
    if (!found || on_conflict == OnConflict::rename) return std::nullopt;
    if (S_ISREG(found->st_mode) || S_ISLNK(found->st_mode)) return std::nullopt;
    if (S_ISDIR(found->st_mode)) return write_refusal(EISDIR);
    return http::Refusal{http::Status::conflict, "what has this name is neither a file nor a directory; it stays."};
}

}  // namespace

std::expected<WritePlace, http::Refusal> FileSink::admit(const WriteParts& parts, std::string_view path,
                                                         std::optional<std::uint64_t> length,
                                                         const WriteConditions& conditions, OnConflict on_conflict) {
    auto place = WritePlace::find(parts.root, parts.new_directories, path);
    if (!place) return refuse(place.error().number);
    const auto found = place->status();
    if (!found) return refuse(found.error().number);
    if (const auto obstacle = find_obstacle(*place, *found, on_conflict)) return std::unexpected(*obstacle);
    if (conditions.any()) {
        const auto served = place->served_status();
        if (!served) return refuse(served.error().number);
        if (!conditions.hold(*served, parts)) return std::unexpected(condition_refusal());
    }
    // Where another name is taken for one that is there, the lock of that one is in nobody's way.
    if (parts.locks != nullptr && on_conflict != OnConflict::rename) {
        const auto touched = *found ? Touched::content : Touched::name;
        if (const auto fault = parts.locks->find_fault(path, touched, conditions.keys())) {
            return std::unexpected(*fault);
        }
    }
    if (length && *length > static_cast<std::uint64_t>(INT64_MAX)) return refuse(EFBIG);
    if (const auto checked = check_space(place->directory(), parts.min_free_bytes, length.value_or(0)); !checked) {
        return std::unexpected(checked.error());
    }
    return std::move(*place);
}

std::expected<FileSink, http::Refusal> FileSink::open(const WriteParts& parts, std::string_view path,
                                                      std::optional<std::uint64_t> length, WriteConditions conditions,
                                                      OnConflict on_conflict) {
    auto place = admit(parts, path, length, conditions, on_conflict);
    if (!place) return std::unexpected(place.error());
    auto file = TemporaryFile::create(place->directory());
    if (!file) return refuse(file.error().number);
    if (file->has_name()) {
        // The temporary file is no more readable to others than the final file will be.
        const auto found = place->status();
        if (!found) return refuse(found.error().number);
        if (*found && S_ISREG((*found)->st_mode)) copy_owner_and_mode(file->descriptor(), **found);
    }
    FileSink sink(parts, std::move(*place), std::move(*file), std::move(conditions), on_conflict);
    if (length.value_or(0) >= kReserveFromBytes) sink.expected_bytes_ = *length;
    if (const int error = sink.reserve_ahead(); error != 0) return refuse(error);
    return sink;
}

std::expected<FileSink, http::Refusal> FileSink::resume(const WriteParts& parts, std::string_view path,
                                                        TemporaryFile file, std::shared_ptr<const base::Fd> directory,
                                                        std::uint64_t bytes, WriteConditions conditions,
                                                        OnConflict on_conflict) {
    auto place = WritePlace::find(parts.root, parts.new_directories, path);
    if (!place) return refuse(place.error().number);
    FileSink sink(parts, std::move(*place), std::move(file), std::move(conditions), on_conflict);
    sink.waited_in_ = std::move(directory);
    sink.bytes_ = bytes;
    return sink;
}

std::expected<void, http::Refusal> FileSink::check_space(int file, std::uint64_t min_free, std::uint64_t more) {
    struct statfs system{};
    if (::fstatfs(file, &system) != 0) return {};
    const auto block = static_cast<std::uint64_t>(system.f_frsize > 0 ? system.f_frsize : system.f_bsize);
    const std::uint64_t available = static_cast<std::uint64_t>(system.f_bavail) * block;
    if (system.f_blocks == 0) return {};  // the file system does not report free space
    if (more > available) return refuse(ENOSPC);
    if (available - more >= min_free) return {};
    return std::unexpected(
        http::Refusal{http::Status::insufficient_storage, "this would leave less free space than the server keeps."});
}

/// Reserves as much again as has arrived, within bounds. Returns an errno or 0.
int FileSink::reserve_ahead() {
    if (reserved_bytes_ >= expected_bytes_) return 0;
    const std::uint64_t more =
        std::min(std::clamp(bytes_, kFirstReserveBytes, kMaxReserveBytes), expected_bytes_ - reserved_bytes_);
    const std::uint64_t begin = std::exchange(reserved_bytes_, reserved_bytes_ + more);
    return reserve(file_.descriptor(), begin, more);
}

std::expected<void, http::Refusal> FileSink::write(std::span<const std::byte> block) {
    if (bytes_ + block.size() > reserved_bytes_) {
        if (const int error = reserve_ahead(); error != 0) return refuse(error);
    }
    if (const int error = base::write_at(file_.descriptor(), bytes_, block); error != 0) return refuse(error);
    return note_written(block.size());
}

std::expected<void, http::Refusal> FileSink::note_written(std::uint64_t count) {
    unchecked_ += count;
    if (unchecked_ < kSpaceCheckBytes || parts_->min_free_bytes == 0) return {};
    unchecked_ = 0;
    return check_space(file_.descriptor(), parts_->min_free_bytes, 0);
}

std::expected<std::uint64_t, http::Refusal> FileSink::copy_from(int source, std::uint64_t most) {
    if (bytes_ + most > reserved_bytes_) {
        if (const int error = reserve_ahead(); error != 0) return refuse(error);
    }
    const auto copied = copy_bytes(source, file_.descriptor(), bytes_, most);
    if (!copied) return refuse(copied.error());
    bytes_ += *copied;
    if (const auto noted = note_written(*copied); !noted) return std::unexpected(noted.error());
    return *copied;
}

int FileSink::withhold(mode_t mode) {
    struct stat status{};
    if (::fstat(file_.descriptor(), &status) != 0) return errno;
    constexpr mode_t kPermissions = 0777;
    const mode_t left = status.st_mode & mode & kPermissions;
    if (left == (status.st_mode & kPermissions)) return 0;
    return ::fchmod(file_.descriptor(), left) == 0 ? 0 : errno;
}

int FileSink::copy_properties(int source) {
    properties_ = Properties::of_source;
    return copy_property_text(source, file_.descriptor());
}

std::unique_ptr<FileCommit> FileSink::finish() && { return std::make_unique<FileCommit>(std::move(*this)); }

}  // namespace storage
