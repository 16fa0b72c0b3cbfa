// The new text goes into a file of a fixed name beside the old one. That file must be new, so two commands never change
// one text at the same time.
#include "access_control/users_edit.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "access_control/users_file.h"
#include "access_control/users_source.h"
#include "base/ascii.h"
#include "base/fd.h"
#include "base/file_io.h"

namespace access_control {
namespace {

std::unexpected<std::string> fault(const std::string& what, int error) {
    return std::unexpected(what + ": " + std::strerror(error));
}

/// The path that links at `path` lead to; `path` itself when it names nothing yet.
std::string resolved(const std::string& path) {
    const std::unique_ptr<char, decltype(&std::free)> found(::realpath(path.c_str(), nullptr), &std::free);
    return found ? std::string(found.get()) : path;
}

bool is_password_of(std::string_view line, std::string_view name) {
    return line.size() > name.size() && line.starts_with(name) && line[name.size()] == ':' &&
           !line.substr(name.size() + 1).starts_with("token:");
}

std::string with_line(std::string_view text, const std::string& line) {
    std::string changed(text);
    if (!changed.empty() && changed.back() != '\n') changed += '\n';
    return changed + line + "\n";
}

struct Old {
    std::string text;
    std::optional<struct stat> status;  ///< nullopt: there is no file
};

std::expected<Old, std::string> read_old(const std::string& path) {
    const base::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!file && errno == ENOENT) return Old{};
    if (!file) return fault(path + " cannot be read", errno);
    struct stat status{};
    if (::fstat(file.get(), &status) != 0) return fault(path + " cannot be read", errno);
    if (!S_ISREG(status.st_mode)) return std::unexpected(path + " is no regular file");
    auto text = read_users_text(file.get(), path);
    if (!text) return std::unexpected(std::move(text.error()));
    return Old{std::move(*text), status};
}

/// Writes and syncs `text`; an errno, or 0.
int write_new(int file, const std::string& text, const std::optional<struct stat>& like) {
    if (like && ::fchown(file, like->st_uid, like->st_gid) != 0) return errno;
    if (::fchmod(file, like ? like->st_mode & 07777U : S_IRUSR | S_IWUSR) != 0) return errno;
    std::uint64_t offset = 0;
    if (const int error = base::write_at(file, offset, std::as_bytes(std::span(text))); error != 0) return error;
    return ::fsync(file) == 0 ? 0 : errno;
}

}  // namespace

std::string with_password(std::string_view text, std::string_view name, std::string_view hash) {
    const std::string line = std::string(name).append(":").append(hash);
    std::string changed;
    bool is_there = false;
    while (!text.empty()) {
        const std::string_view old = base::take_line(text);
        const bool is_it = is_password_of(old, name);
        // A second line with a password of this user would be a fault, so it is left out.
        if (!is_it) changed.append(old) += '\n';
        if (is_it && !is_there) changed.append(line) += '\n';
        is_there = is_there || is_it;
    }
    return is_there ? changed : with_line(changed, line);
}

std::string with_token(std::string_view text, std::string_view name, std::string_view digest) {
    return with_line(text, std::string(name).append(":token:").append(digest));
}

std::expected<void, std::string> edit_users_file(const std::string& path,
                                                 const std::function<std::string(std::string_view text)>& edit) {
    const std::string target = resolved(path);
    const std::string beside = target + ".new";
    const base::Fd file(
        ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR));
    if (!file && errno == EEXIST) {
        return std::unexpected("another command is changing " + target + "; if none is, remove " + beside);
    }
    if (!file) return fault(beside + " cannot be created", errno);
    const auto give_up = [&beside](std::string sentence) {
        ::unlink(beside.c_str());
        return std::unexpected(std::move(sentence));
    };
    auto old = read_old(target);
    if (!old) return give_up(std::move(old.error()));
    const std::string text = edit(old->text);
    if (const auto users = parse_users(text); !users) {
        return give_up(target + ", line " + std::to_string(users.error().line) + ": " + users.error().sentence);
    }
    if (const int error = write_new(file.get(), text, old->status); error != 0) {
        return give_up(beside + " cannot be written: " + std::strerror(error));
    }
    if (std::rename(beside.c_str(), target.c_str()) != 0) {
        return give_up(target + " cannot be replaced: " + std::strerror(errno));
    }
    return {};
}

}  // namespace access_control
