// The steps of a COPY.
#include "storage/file_copy.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "storage/validators.h"
#include "storage/write_error.h"
#include "storage/write_place.h"

namespace storage {
namespace {

using http::Refusal;
using http::Status;

constexpr Refusal kNotFound{Status::not_found, "there is no file of this name to be copied."};
constexpr Refusal kIsDirectory{Status::conflict, "this is a directory; copy it with a slash at the end."};
constexpr Refusal kNoParent{Status::conflict, "the directory above the destination does not exist; make that first."};
constexpr Refusal kSame{Status::forbidden, "source and destination are the same; nothing was changed."};
constexpr Refusal kLinkStays{Status::forbidden, "symbolic links are not copied; copy what they lead to."};
constexpr Refusal kNoFile{Status::forbidden, "this is neither a file nor a directory, and is not copied."};
constexpr Refusal kNotOverwritten{Status::precondition_failed,
                                  "there is something at the destination, and Overwrite is F; nothing was changed."};
constexpr Refusal kChanged{Status::service_unavailable,
                           "the file was changed while it was copied; there is no copy, try again."};

std::unexpected<Refusal> source_refusal(int error) {
    const bool is_missing = error == ENOENT || error == ENOTDIR || error == E2BIG;
    return std::unexpected(is_missing ? kNotFound : write_refusal(error));
}

}  // namespace

/// The name is looked at first, so that no device is touched.
std::expected<FileCopy::Source, Refusal> FileCopy::open_source(const WriteParts& parts, std::string_view path,
                                                               const WriteConditions& conditions) {
    const auto from = WritePlace::find(parts.root, parts.new_directories, path);
    if (!from) return source_refusal(from.error().number);
    if (from->has_missing_parents()) return std::unexpected(kNotFound);
    const auto found = from->status();
    if (!found) return source_refusal(found.error().number);
    if (!*found) return std::unexpected(kNotFound);
    const mode_t mode = (*found)->st_mode;
    if (S_ISDIR(mode)) return std::unexpected(kIsDirectory);
    if (S_ISLNK(mode)) return std::unexpected(kLinkStays);
    if (!S_ISREG(mode)) return std::unexpected(kNoFile);
    constexpr int kFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    Source source;
    source.file = base::Fd(::openat(from->directory(), from->name().c_str(), kFlags));
    if (!source.file) return source_refusal(errno);
    if (::fstat(source.file.get(), &source.status) != 0) return source_refusal(errno);
    if (!S_ISREG(source.status.st_mode)) return std::unexpected(kNoFile);
    if (conditions.any() && !conditions.hold(source.status, parts)) return std::unexpected(condition_refusal());
    return source;
}

std::optional<Refusal> FileCopy::find_obstacle(const struct stat& source) const {
    const auto to = WritePlace::find(parts_.root, parts_.new_directories, destination_);
    if (!to) return to.error().number == E2BIG ? kNoParent : write_refusal(to.error().number);
    if (to->has_missing_parents()) return kNoParent;
    const auto there = to->status();
    if (!there) return write_refusal(there.error().number);
    if (!*there) return std::nullopt;
    if ((*there)->st_dev == source.st_dev && (*there)->st_ino == source.st_ino) return kSame;
    if (rules_.overwrite == http::Overwrite::refused) return kNotOverwritten;
    return S_ISDIR((*there)->st_mode) ? std::optional(rules_.folders_stay.value_or(kFolderStays)) : std::nullopt;
}

std::expected<std::unique_ptr<FileCopy>, Refusal> FileCopy::open(const WriteParts& parts, std::string_view source,
                                                                 std::string_view destination, MoveRules rules,
                                                                 const WriteConditions& conditions) {
    auto opened = open_source(parts, source, conditions);
    if (!opened) return std::unexpected(opened.error());
    std::unique_ptr<FileCopy> copy(new FileCopy(parts, source, destination, rules));
    if (const auto obstacle = copy->find_obstacle(opened->status)) return std::unexpected(*obstacle);
    copy->counts_ = parts.counts;
    copy->bytes_ = static_cast<std::uint64_t>(opened->status.st_size);
    copy->status_ = opened->status;
    const bool replaces = rules.overwrite != http::Overwrite::refused;
    auto sink = FileSink::open(copy->parts_, destination, copy->bytes_, WriteConditions::only_keys(conditions.keys()),
                               replaces ? rules.on_conflict : OnConflict::refuse);
    if (!sink) return std::unexpected(copy->refusal_of_commit(sink.error()));
    if (const int error = sink->withhold(opened->status.st_mode); error != 0) {
        return std::unexpected(write_refusal(error));
    }
    sink->copy_time(opened->status.st_mtim);
    if (const int error = sink->copy_properties(opened->file.get()); error != 0) {
        return std::unexpected(write_refusal(error));
    }
    copy->sink_.emplace(std::move(*sink));
    copy->source_ = std::make_unique<OpenFile>(std::move(opened->file), opened->status, parts.clock, &parts.disk);
    return copy;
}

std::expected<void, Refusal> FileCopy::copy_slice() {
    const std::uint64_t most = std::min(kCopySliceBytes, bytes_ - sink_->bytes());
    const auto copied = sink_->copy_from(source_->descriptor(), most);
    if (!copied) return std::unexpected(copied.error());
    // The file became shorter, or was written to.
    const bool is_short = *copied == 0 && most > 0;
    if (is_short || (sink_->bytes() == bytes_ && !is_unchanged())) return std::unexpected(kChanged);
    return {};
}

/// A writer may set the modification time back, but not the ctime.
bool FileCopy::is_unchanged() const {
    struct stat now{};
    return ::fstat(source_->descriptor(), &now) == 0 && is_same_version(now, status_);
}

std::optional<FileCopy::Result> FileCopy::advance(http::Wake wake) {
    if (sink_) {
        const auto copied = copy_slice();
        if (!copied) {
            sink_.reset();
            return Result(std::unexpect, copied.error());
        }
        if (sink_->bytes() < bytes_) {
            parts_.disk.wakes().wake(wake);
            return std::nullopt;
        }
        commit_ = std::move(*sink_).finish();
        sink_.reset();
    }
    const auto stored = commit_->advance(wake);
    if (!stored) return std::nullopt;
    if (!*stored) return Result(std::unexpect, refusal_of_commit(stored->error()));
    if (counts_ != nullptr) ++counts_->files_copied;
    return Result((*stored)->how == FileCommit::Stored::How::created ? How::created : How::replaced);
}

/// With `Overwrite: F`, a name that was taken meanwhile is refused because of that field.
Refusal FileCopy::refusal_of_commit(const Refusal& refusal) const {
    if (rules_.overwrite != http::Overwrite::refused || refusal.status != Status::conflict) return refusal;
    return parts_.root.stat_name_inside(destination_) ? kNotOverwritten : refusal;
}

std::optional<http::Change> FileCopy::take_change() {
    auto change = commit_ == nullptr ? std::nullopt : commit_->take_change();
    if (!change) return change;
    change->action = http::Change::Action::copy;
    change->from = source_path_;
    return change;
}

}  // namespace storage
