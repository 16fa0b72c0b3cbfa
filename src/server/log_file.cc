// Appends with one write per turn, and never waits. A standard stream is shared with other programs, so its flags are
// left alone: O_NONBLOCK would be set for all of them.
#include "server/log_file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <utility>

namespace server {
namespace {

constexpr int kOpenFlags = O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
constexpr mode_t kMode = 0640;

std::string directory_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

bool has_room(int descriptor) {
    pollfd entry{descriptor, POLLOUT, 0};
    return ::poll(&entry, 1, 0) == 1 && (entry.revents & POLLOUT) != 0;
}

}  // namespace

std::expected<LogFile, std::string> LogFile::open(const std::string& path, int standard) {
    LogFile log;
    if (path.empty()) return log;
    if (path == "-") {
        log.standard_ = standard;
        log.take_standard_stream();
        return log;
    }
    log.path_ = path;
    const int file = log.open_path();
    if (file < 0) return std::unexpected("cannot open the log " + path + ": " + std::strerror(errno));
    log.owned_ = base::Fd(file);
    log.descriptor_ = file;
    return log;
}

/// A descriptor, or -1 and errno.
int LogFile::open_path() {
    is_created_ = false;
    int file = ::open(path_.c_str(), kOpenFlags | O_CREAT | O_EXCL, kMode);
    if (file >= 0) {
        is_created_ = true;
        return file;
    }
    if (errno != EEXIST) return -1;
    file = ::open(path_.c_str(), kOpenFlags | O_CREAT, kMode);
    if (file >= 0 || errno != ENXIO) return file;
    // A FIFO without a reader: one may come later. Opening it for reading as well keeps it open until then.
    struct stat status{};
    if (::stat(path_.c_str(), &status) == 0 && S_ISFIFO(status.st_mode)) {
        return ::open(path_.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK);
    }
    errno = ENXIO;
    return -1;
}

/// A file keeps the position that it shares with other programs. A pipe or terminal is opened once more, so that the
/// flags of the new description can be set freely.
void LogFile::take_standard_stream() {
    owned_.reset();
    descriptor_ = standard_;
    way_ = Way::direct;
    struct stat status{};
    if (::fstat(standard_, &status) != 0 || S_ISREG(status.st_mode)) return;
    if (S_ISSOCK(status.st_mode)) {
        way_ = Way::socket;
        return;
    }
    owned_ = base::Fd(::open(("/proc/self/fd/" + std::to_string(standard_)).c_str(), kOpenFlags));
    if (owned_) {
        descriptor_ = owned_.get();
    } else {
        way_ = Way::no_wait;
    }
}

ssize_t LogFile::write_some(std::string_view text) {
    switch (way_) {
        case Way::direct: return ::write(descriptor_, text.data(), text.size());
        case Way::socket: return ::send(descriptor_, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        case Way::no_wait: {
            const iovec piece{const_cast<char*>(text.data()), text.size()};  // pwritev2 only reads
            const ssize_t written = ::pwritev2(descriptor_, &piece, 1, -1, RWF_NOWAIT);
            if (written >= 0 || (errno != EOPNOTSUPP && errno != ENOSYS && errno != EINVAL)) return written;
            way_ = Way::by_page;
            [[fallthrough]];
        }
        case Way::by_page:
            if (!has_room(descriptor_)) return 0;
            return ::write(descriptor_, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
    }
    return -1;
}

void LogFile::write_pending() {
    std::size_t done = 0;
    while (done < pending_.size()) {
        const ssize_t written = write_some(std::string_view(pending_).substr(done));
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) break;
        done += static_cast<std::size_t>(written);
    }
    const bool is_inside_line = done > 0 ? pending_[done - 1] != '\n' : is_line_begun_;
    const std::size_t end_of_line = is_inside_line ? pending_.find('\n', done) : std::string::npos;
    const std::size_t kept = end_of_line == std::string::npos ? done : end_of_line + 1;
    lost_bytes_ += pending_.size() - kept;
    pending_.resize(kept);
    pending_.erase(0, done);
    is_line_begun_ = !pending_.empty();
}

std::string LogFile::reopen() {
    if (standard_ >= 0) take_standard_stream();
    if (path_.empty()) return {};
    base::Fd fresh(open_path());
    if (!fresh) {
        const std::string reason = std::strerror(errno);
        ++failed_reopens_;
        return "cannot reopen the log " + path_ + ": " + reason + "; its lines still go to the file that was open";
    }
    leave_file();
    owned_ = std::move(fresh);
    descriptor_ = owned_.get();
    return {};
}

void LogFile::continue_in(LogFile other) {
    leave_file();
    other.lost_bytes_ = lost_bytes_;
    other.failed_reopens_ = failed_reopens_;
    *this = std::move(other);
}

void LogFile::leave_file() {
    flush();
    lost_bytes_ += pending_.size();  // a file does not begin with the rest of a line
    pending_.clear();
    is_line_begun_ = false;
}

void LogFile::give_to(uid_t user, gid_t group) const {
    // When this fails, obstacle_to_reopening() reports it.
    if (is_created_) (void)!::fchown(descriptor_, user, group);
}

std::string LogFile::obstacle_to_reopening() const {
    if (path_.empty()) return {};
    struct stat status{};
    if (::stat(path_.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) return {};
    if (::faccessat(AT_FDCWD, path_.c_str(), W_OK, AT_EACCESS) != 0) {
        return "the log " + path_ + " belongs to another user: SIGHUP cannot reopen it";
    }
    const std::string directory = directory_of(path_);
    if (::faccessat(AT_FDCWD, directory.c_str(), W_OK | X_OK, AT_EACCESS) != 0) {
        return "no right to make files in " + directory + ": after a rotation SIGHUP cannot reopen the log " + path_ +
               " unless what rotates it makes the new file";
    }
    return {};
}

}  // namespace server
