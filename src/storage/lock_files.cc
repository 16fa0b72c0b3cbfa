// A lock's file has its name from the beginning: nobody knows the token until the file is durable, and what a crash
// cuts off is read as damaged.
#include "storage/lock_files.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "base/ascii.h"
#include "base/directory_stream.h"
#include "base/escape.h"
#include "base/file_io.h"
#include "storage/name_calls.h"

namespace storage {
namespace {

constexpr const char* kDirectory = ".godwit";
constexpr mode_t kStateMode = 0700;
constexpr mode_t kFileMode = 0600;
constexpr std::string_view kSuffix = ".lock";
constexpr std::string_view kTokenPrefix = "urn:uuid:";
constexpr std::size_t kDigits = 16;
/// Where a UUID has a dash behind its bytes.
constexpr bool has_dash_after(std::size_t byte) { return byte == 3 || byte == 5 || byte == 7 || byte == 9; }

/// The first 16 digits of the token. Empty for what is no token of this server.
std::string file_name(std::string_view token) {
    std::string name;
    if (!token.starts_with(kTokenPrefix)) return name;
    for (const char c : token.substr(kTokenPrefix.size())) {
        if (base::hex_value(c) >= 0 && name.size() < kDigits) name.push_back(c);
    }
    return name.size() == kDigits ? name.append(kSuffix) : std::string();
}

bool is_file_name(std::string_view name) { return name.size() == kDigits + kSuffix.size() && name.ends_with(kSuffix); }

std::expected<base::Fd, int> open_at(int directory, const std::string& name, int flags) {
    base::Fd file(::openat(directory, name.c_str(), flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, kFileMode));
    if (!file) return std::unexpected(errno);
    return file;
}

int write_text(int file, std::string_view text, std::uint64_t offset) {
    return base::write_at(file, offset, std::as_bytes(std::span(text)));
}

/// nullopt: damaged. Errors: an errno, which says nothing about the lock.
std::expected<std::optional<StoredLock>, int> read_lock(int directory, const std::string& name) {
    const auto file = open_at(directory, name, O_RDONLY);
    if (!file && file.error() == ELOOP) return std::nullopt;
    if (!file) return std::unexpected(file.error());
    struct stat status{};
    if (::fstat(file->get(), &status) != 0) return std::unexpected(errno);
    if (!S_ISREG(status.st_mode) || static_cast<std::size_t>(status.st_size) > kMostLockTextBytes) return std::nullopt;
    std::string text(static_cast<std::size_t>(status.st_size), '\0');
    if (!base::read_exactly(file->get(), 0, std::as_writable_bytes(std::span(text)))) return std::unexpected(EIO);
    auto stored = parse_lock(text);
    if (!stored || file_name(stored->lock.token) != name) return std::nullopt;
    return stored;
}

}  // namespace

std::string make_lock_token() {
    std::array<unsigned char, 16> random{};
    if (::getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size())) return {};
    random[6] = static_cast<unsigned char>((random[6] & 0x0FU) | 0x40U);
    random[8] = static_cast<unsigned char>((random[8] & 0x3FU) | 0x80U);
    std::string token(kTokenPrefix);
    for (std::size_t at = 0; at < random.size(); ++at) {
        const char byte = static_cast<char>(random[at]);
        base::append_hex(token, {&byte, 1});
        if (has_dash_after(at)) token.push_back('-');
    }
    return token;
}

std::expected<base::Fd, int> LockFiles::open_directory() const {
    return open_at(root_.descriptor(), kDirectory, O_RDONLY | O_DIRECTORY);
}

/// The store of uploads removes the directory when it is empty. When it does so at this very moment, this fails, and
/// can be done again.
std::expected<LockFiles::Written, int> LockFiles::write(const Lock& lock, std::int64_t expires_s) const {
    const int made = make_directory_above(root_.descriptor(), kDirectory, kStateMode);
    if (made != 0 && made != EEXIST) return std::unexpected(made);
    auto directory = open_directory();
    if (!directory) return std::unexpected(directory.error());
    const std::string name = file_name(lock.token);
    auto file = open_at(directory->get(), name, O_WRONLY | O_CREAT | O_EXCL);
    if (!file) return std::unexpected(file.error());
    if (const int error = write_text(file->get(), print_lock(lock, expires_s), 0); error != 0) {
        remove_own({directory->get(), name});
        return std::unexpected(error);
    }
    return Written{base::share(std::move(*file)), base::share(std::move(*directory)), root_.shared()};
}

std::expected<base::SharedFd, int> LockFiles::write_time(std::string_view token, std::int64_t expires_s) const {
    const auto directory = open_directory();
    if (!directory) return std::unexpected(directory.error());
    auto file = open_at(directory->get(), file_name(token), O_WRONLY);
    if (!file) return std::unexpected(file.error());
    const int error = write_text(file->get(), print_lock_time(expires_s), lock_time_offset());
    if (error != 0) return std::unexpected(error);
    return base::share(std::move(*file));
}

std::expected<base::SharedFd, int> LockFiles::remove(std::string_view token) const {
    auto directory = open_directory();
    if (!directory) return std::unexpected(directory.error());
    if (const int error = remove_own({directory->get(), file_name(token)}); error != 0) return std::unexpected(error);
    return base::share(std::move(*directory));
}

LockFiles::All LockFiles::read_all(std::size_t most) const {
    All all;
    auto directory = open_directory();
    if (!directory) {
        all.is_whole = directory.error() == ENOENT || directory.error() == ENOTDIR || directory.error() == ELOOP;
        return all;
    }
    base::DirectoryStream entries(std::move(*directory));
    all.is_whole = static_cast<bool>(entries);
    if (!entries) return all;
    std::vector<std::string> names;
    while (const dirent* const entry = entries.next()) {
        const std::string_view name(static_cast<const char*>(entry->d_name));
        if (is_file_name(name)) names.emplace_back(name);
    }
    all.is_whole = errno == 0;
    for (const std::string& name : names) {
        auto read = read_lock(entries.descriptor(), name);
        if (!read) {
            all.is_whole = false;
        } else if (*read && all.locks.size() < most) {
            all.locks.push_back(std::move(**read));
        } else {
            remove_own({entries.descriptor(), name});
        }
    }
    return all;
}

}  // namespace storage
