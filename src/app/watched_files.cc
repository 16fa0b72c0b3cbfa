// A look costs a call for each file.
#include "app/watched_files.h"

#include <utility>

namespace app {
WatchedFiles::WatchedFiles(std::vector<std::string> paths, FileSource& source) {
    for (std::string& path : paths) {
        const auto stamp = source.stamp(path);
        files_.push_back({std::move(path), stamp.value_or(base::FileStamp())});
    }
}

bool WatchedFiles::look(Look which, FileSource& source) {
    bool is_due = which == Look::all;
    for (File& file : files_) {
        const auto now = source.stamp(file.path);
        if (!now || *now == file.stamp) continue;
        file.stamp = *now;
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
