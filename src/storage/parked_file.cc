// Closing a complete temporary file, and opening it again.
#include "storage/parked_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "storage/file_commit.h"
#include "storage/write_error.h"

namespace storage {
namespace {

bool is_same_directory(int a, int b) {
    struct stat first{};
    struct stat second{};
    if (::fstat(a, &first) != 0 || ::fstat(b, &second) != 0) return false;
    return first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

}  // namespace

ParkedFile::ParkedFile(FileSink sink, std::shared_ptr<const base::Fd> directory)
    : parts_(sink.parts_),
      conditions_(std::move(sink.conditions_)),
      on_conflict_(sink.on_conflict_),
      path_(sink.place_.path()),
      bytes_(sink.bytes_),
      kept_time_(sink.kept_time_),
      directory_(std::move(directory)),
      file_(std::move(sink.file_)) {}

/// In the background: there may be a thousand of them, or one that holds gigabytes.
ParkedFile::~ParkedFile() {
    if (std::string name = file_.take_parked_name(); !name.empty()) {
        parts_->disk.remove_later(directory_, std::move(name));
    }
}

std::expected<ParkedFile, http::Refusal> ParkedFile::park(FileSink sink, std::shared_ptr<const base::Fd>& directory) {
    const int own = sink.place_.directory();
    if (directory == nullptr || !is_same_directory(directory->get(), own)) {
        base::Fd copy(::fcntl(own, F_DUPFD_CLOEXEC, 0));
        if (!copy) return std::unexpected(write_refusal(errno));
        directory = std::make_shared<const base::Fd>(std::move(copy));
    }
    if (const auto parked = sink.file_.park(directory->get()); !parked) {
        return std::unexpected(write_refusal(parked.error().number));
    }
    return ParkedFile(std::move(sink), directory);
}

std::expected<std::unique_ptr<FileCommit>, http::Refusal> ParkedFile::resume() && {
    auto place = WritePlace::find(parts_->root, parts_->new_directories, path_);
    if (!place) return std::unexpected(write_refusal(place.error().number));
    if (const auto reopened = file_.reopen(); !reopened) {
        const int error = reopened.error().number;
        return std::unexpected(write_refusal(error == ENOENT ? EAGAIN : error));
    }
    FileSink sink(*parts_, std::move(*place), std::move(file_), std::move(conditions_), on_conflict_);
    sink.waited_in_ = directory_;
    sink.bytes_ = bytes_;
    sink.kept_time_ = kept_time_;
    return std::move(sink).finish();
}

}  // namespace storage
