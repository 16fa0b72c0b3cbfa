// Appends with one write per turn.
#include "server/log_file.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace server {
namespace {

constexpr int kOpenFlags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY;
constexpr mode_t kMode = 0640;

/// False for a pipe or terminal that would make the writer wait.
bool takes_now(int descriptor) {
    pollfd entry{descriptor, POLLOUT, 0};
    return ::poll(&entry, 1, 0) == 1 && (entry.revents & POLLOUT) != 0;
}

}  // namespace

std::expected<LogFile, std::string> LogFile::open(const std::string& path, int standard) {
    LogFile log;
    if (path.empty()) return log;
    if (path == "-") {
        log.descriptor_ = standard;
        return log;
    }
    log.path_ = path;
    log.owned_ = base::Fd(::open(path.c_str(), kOpenFlags, kMode));
    if (!log.owned_) return std::unexpected("cannot open the log " + path + ": " + std::strerror(errno));
    log.descriptor_ = log.owned_.get();
    return log;
}

void LogFile::flush() {
    if (pending_.empty()) return;
    std::string_view rest = pending_;
    while (!rest.empty() && takes_now(descriptor_)) {
        const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) break;
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
    lost_bytes_ += rest.size();
    pending_.clear();
}

void LogFile::reopen() {
    if (path_.empty()) return;
    base::Fd fresh(::open(path_.c_str(), kOpenFlags, kMode));
    if (!fresh) return;
    owned_ = std::move(fresh);
    descriptor_ = owned_.get();
}

}  // namespace server
