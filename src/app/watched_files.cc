// Two calls for each pair of files and look.
#include "app/watched_files.h"

#include <sys/stat.h>

#include <utility>

namespace app {
namespace {

std::int64_t nanoseconds(const timespec& time) { return time.tv_sec * base::kNsPerSecond + time.tv_nsec; }

}  // namespace

WatchedFiles::WatchedFiles(std::vector<std::string> paths) {
    for (std::string& path : paths) {
        const Stamp stamp = stamp_of(path);
        files_.push_back({std::move(path), stamp});
    }
}

WatchedFiles::Stamp WatchedFiles::stamp_of(const std::string& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) return {};
    return {.device = status.st_dev,
            .inode = status.st_ino,
            .size = status.st_size,
            .modified_ns = nanoseconds(status.st_mtim),
            .changed_ns = nanoseconds(status.st_ctim)};
}

bool WatchedFiles::look(Look which) {
    bool is_due = which == Look::all;
    for (File& file : files_) {
        const Stamp now = stamp_of(file.path);
        if (now == file.stamp) continue;
        file.stamp = now;
        is_due = true;
    }
    return is_due;
}

void WatchedFiles::note_problem(std::string sentence, Look which, base::MonotonicMs now_ms) {
    problem_ = std::move(sentence);
    say_ms_ = which == Look::all ? now_ms : now_ms + kComplainAfterMs;
}

std::optional<std::string> WatchedFiles::take_complaint(base::MonotonicMs now_ms) {
    if (problem_.empty() || !say_ms_ || *say_ms_ > now_ms) return std::nullopt;
    say_ms_.reset();
    return problem_;
}

}  // namespace app
