// The stamp is taken before the file is read: a change in between is seen at the next look.
#include "access_control/users_source.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <span>
#include <utility>

#include "base/fd.h"
#include "base/file_io.h"

namespace access_control {
namespace {

std::string failed(const std::string& path, int error) {
    return "the users file " + path + " cannot be read: " + std::strerror(error);
}

/// Others who can read the hashes can guess the passwords on their own machines; others who can write the file can give
/// themselves an account.
std::optional<std::string> find_exposure(const std::string& path, const struct stat& status) {
    if (!S_ISREG(status.st_mode)) return "the users file " + path + " is no regular file";
    if ((status.st_mode & (S_IROTH | S_IWOTH)) != 0) {
        return "others can read or write the users file " + path + "; this mends it: chmod 600 " + path;
    }
    if ((status.st_mode & S_IWGRP) != 0) {
        return "a group can write the users file " + path + "; this mends it: chmod g-w " + path;
    }
    return std::nullopt;
}

}  // namespace

std::expected<std::string, std::string> read_users_text(int file, const std::string& subject) {
    std::string text(kMaxUsersBytes + 1, '\0');
    const auto length = base::read_or_fail(file, 0, std::as_writable_bytes(std::span(text)));
    if (!length) return std::unexpected(subject + " cannot be read: " + std::strerror(length.error()));
    if (*length > kMaxUsersBytes) return std::unexpected(subject + " is longer than 1 MiB");
    text.resize(*length);
    return text;
}

std::expected<Users, std::string> read_users(const std::string& path) {
    const base::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!file) return std::unexpected(failed(path, errno));
    struct stat status{};
    if (::fstat(file.get(), &status) != 0) return std::unexpected(failed(path, errno));
    if (auto exposure = find_exposure(path, status)) return std::unexpected(std::move(*exposure));
    const auto text = read_users_text(file.get(), "the users file " + path);
    if (!text) return std::unexpected(text.error());
    auto users = parse_users(*text);
    if (!users) {
        const UsersFault& fault = users.error();
        return std::unexpected("the users file " + path + ", line " + std::to_string(fault.line) + ": " +
                               fault.sentence);
    }
    return std::move(*users);
}

UsersSource::Look UsersSource::look() {
    const base::FileStamp now = base::FileStamp::of(path_);
    if (seen_ == now) return Look::unchanged;
    seen_ = now;
    auto users = read_users(path_);
    if (!users) {
        fault_ = std::move(users.error());
        return Look::faulty;
    }
    users_ = std::move(*users);
    return Look::replaced;
}

}  // namespace access_control
