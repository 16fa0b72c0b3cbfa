// One function for each call.
#include "storage/name_calls.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/escape.h"
#include "storage/disk_queue.h"
#include "storage/dot_files.h"

namespace storage {
namespace {

constexpr auto kStateSuffixes = std::to_array<std::string_view>({".upload", ".share", ".lock"});
constexpr std::string_view kUnfinishedPrefix = ".godwit-";
constexpr auto kUnfinishedSuffixes = std::to_array<std::string_view>({".part", ".upload", ".copy", ".gone", ".swap"});
constexpr std::size_t kDigits = 16;
constexpr mode_t kFileMode = 0666;  // without the process's umask

int error_of(int result) { return result == 0 ? 0 : errno; }

int link_descriptor(int file, int directory, const char* name) {
    const std::string self = path_of_descriptor(file);
    const int error = error_of(::linkat(AT_FDCWD, self.c_str(), directory, name, AT_SYMLINK_FOLLOW));
    // Without /proc (in a bare chroot) a process with the right capability can still give its descriptor a name.
    if (error == ENOENT && ::linkat(file, "", directory, name, AT_EMPTY_PATH) == 0) return 0;
    return error;
}

/// Where the file system does not know RENAME_NOREPLACE, the file is linked, which replaces nothing either. Directories
/// cannot be linked, so their first error stays.
int rename_without_replacing(int from_directory, const char* from, const HeldName& to) {
    const int error = error_of(::renameat2(from_directory, from, to.directory(), to.name().c_str(), RENAME_NOREPLACE));
    if (error != EINVAL && error != ENOSYS) return error;
    if (::linkat(from_directory, from, to.directory(), to.name().c_str(), 0) != 0)
        return errno == EPERM ? error : errno;
    ::unlinkat(from_directory, from, 0);
    return 0;
}

/// Digits, and one of `suffixes`.
bool is_numbered(std::string_view name, std::span<const std::string_view> suffixes) {
    if (name.size() <= kDigits) return false;
    return std::ranges::find(suffixes, name.substr(kDigits)) != suffixes.end() &&
           name.substr(0, kDigits).find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

bool is_own_name(std::string_view name) {
    return name.starts_with(kOwnNamePrefix) || is_numbered(name, kStateSuffixes);
}

bool is_unfinished_name(std::string_view name) {
    return name.starts_with(kUnfinishedPrefix) &&
           is_numbered(name.substr(kUnfinishedPrefix.size()), kUnfinishedSuffixes);
}

bool is_unfinished_name(std::string_view name, std::string_view suffix) {
    return name.ends_with(suffix) && is_unfinished_name(name);
}

std::string make_unfinished_name(std::string_view suffix) {
    static std::uint64_t next = 0;
    if (next == 0 && ::getrandom(&next, sizeof next, GRND_NONBLOCK) < 0) next = 1;
    std::string name(kUnfinishedPrefix);
    base::append_hex_number(name, ++next);
    return name.append(suffix);
}

std::string path_of_descriptor(int file) { return "/proc/self/fd/" + std::to_string(file); }

int link_file(int file, const HeldName& to) { return link_descriptor(file, to.directory(), to.name().c_str()); }

int rename_to_free(const OwnName& from, const HeldName& to) {
    return rename_without_replacing(from.directory, std::string(from.name).c_str(), to);
}

int rename_over(const OwnName& from, const HeldName& to) {
    return error_of(::renameat(from.directory, std::string(from.name).c_str(), to.directory(), to.name().c_str()));
}

int move_to_free(const HeldName& from, const HeldName& to) {
    return rename_without_replacing(from.directory(), from.name().c_str(), to);
}

int move_over(const HeldName& from, const HeldName& to) {
    return error_of(::renameat(from.directory(), from.name().c_str(), to.directory(), to.name().c_str()));
}

int exchange(const HeldName& one, const HeldName& other) {
    return error_of(
        ::renameat2(one.directory(), one.name().c_str(), other.directory(), other.name().c_str(), RENAME_EXCHANGE));
}

int exchange_own(const OwnName& own, const HeldName& other) {
    if (!is_own_name(own.name)) return EINVAL;
    return error_of(::renameat2(own.directory, std::string(own.name).c_str(), other.directory(), other.name().c_str(),
                                RENAME_EXCHANGE));
}

base::Fd create_file(const HeldName& to) {
    constexpr int kFlags = O_CREAT | O_EXCL | O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC;
    return base::Fd(::openat(to.directory(), to.name().c_str(), kFlags, kFileMode));
}

int make_directory(const HeldName& to) { return make_directory_above(to.directory(), to.name()); }

int remove_file(const HeldName& name) { return error_of(::unlinkat(name.directory(), name.name().c_str(), 0)); }

int remove_directory(const HeldName& name) { return remove_empty_directory(name.directory(), name.name()); }

int hide_directory(const HeldName& name, std::string_view to) {
    return lift_directory(name.directory(), name.name(), {name.directory(), to});
}

int remove_gone_entry(int directory, const std::string& name) {
    return error_of(::unlinkat(directory, name.c_str(), 0));
}

/// A file system that does not know RENAME_NOREPLACE renames without it: that replaces an empty directory at most.
int lift_directory(int directory, const std::string& name, const OwnName& to) {
    if (!is_own_name(to.name)) return EINVAL;
    const std::string own(to.name);
    const int error = error_of(::renameat2(directory, name.c_str(), to.directory, own.c_str(), RENAME_NOREPLACE));
    if (error != EINVAL && error != ENOSYS) return error;
    return error_of(::renameat(directory, name.c_str(), to.directory, own.c_str()));
}

int make_directory_above(int directory, const std::string& name, mode_t mode) {
    return error_of(::mkdirat(directory, name.c_str(), mode));
}

int remove_empty_directory(int directory, const std::string& name) {
    return error_of(::unlinkat(directory, name.c_str(), AT_REMOVEDIR));
}

int link_own(int file, const OwnName& to) {
    if (!is_own_name(to.name)) return EINVAL;
    return link_descriptor(file, to.directory, std::string(to.name).c_str());
}

int move_own(const OwnName& from, int directory) {
    if (!is_own_name(from.name)) return EINVAL;
    const std::string name(from.name);
    return error_of(::renameat(from.directory, name.c_str(), directory, name.c_str()));
}

int replace_own(const OwnName& from, std::string_view to) {
    if (!is_own_name(from.name) || !is_own_name(to)) return EINVAL;
    return error_of(
        ::renameat(from.directory, std::string(from.name).c_str(), from.directory, std::string(to).c_str()));
}

int remove_own(const OwnName& name) {
    if (!is_own_name(name.name)) return EINVAL;
    return error_of(::unlinkat(name.directory, std::string(name.name).c_str(), 0));
}

int make_call(const NamingCall& call) {
    const char* const from = call.from.c_str();
    const char* const to = call.to.c_str();
    if (call.kind == NamingCall::Kind::link) {
        return error_of(::linkat(call.from_directory, from, call.to_directory, to, static_cast<int>(call.flags)));
    }
    return error_of(::renameat2(call.from_directory, from, call.to_directory, to, call.flags));
}

}  // namespace storage
