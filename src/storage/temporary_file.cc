// Temporary files by O_TMPFILE or by a dot-name, and their way to the final name.
#include "storage/temporary_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/escape.h"
#include "storage/name_calls.h"

namespace storage {
namespace {

constexpr std::string_view kPrefix = ".godwit-";
constexpr std::string_view kSuffix = ".part";
constexpr std::size_t kDigits = 16;
constexpr mode_t kMode = 0666;
constexpr mode_t kModeBits = 0777;
constexpr uid_t kSameOwner = static_cast<uid_t>(-1);
/// How many random names are tried; even a second try is very unlikely.
constexpr int kTries = 16;

std::unexpected<FileError> failure(int number) { return std::unexpected(FileError{number}); }

/// The first digits of all temporary names of this process.
std::uint64_t process_digits() {
    static const std::uint64_t digits = [] {
        std::uint64_t random = 0;
        if (::getrandom(&random, sizeof random, 0) != static_cast<ssize_t>(sizeof random)) {
            random = static_cast<std::uint64_t>(::getpid()) << 32U;
        }
        return random & ~std::uint64_t{UINT32_MAX};
    }();
    return digits;
}

/// Nobody can guess it, so nobody has taken the name before. Drawn in advance, because a call for each costs more.
std::expected<std::uint32_t, FileError> random_number() {
    static std::array<std::uint32_t, 64> drawn;
    static std::size_t left = 0;
    if (left == 0) {
        if (::getrandom(drawn.data(), sizeof drawn, 0) != static_cast<ssize_t>(sizeof drawn)) return failure(EAGAIN);
        left = drawn.size();
    }
    return drawn[--left];
}

std::expected<std::string, FileError> random_name() {
    const auto number = random_number();
    if (!number) return std::unexpected(number.error());
    std::string name(kPrefix);
    base::append_hex_number(name, process_digits() | *number);
    return name.append(kSuffix);
}

bool lacks_unnamed_files(int error) {
    return error == EOPNOTSUPP || error == EISDIR || error == EINVAL || error == ENOENT;
}

}  // namespace

bool is_temporary_name(std::string_view name) { return is_unfinished_name(name, kSuffix); }

bool is_own_temporary_name(std::string_view name) {
    std::string digits;
    base::append_hex_number(digits, process_digits());
    return is_temporary_name(name) && name.substr(kPrefix.size(), kDigits / 2) == digits.substr(0, kDigits / 2);
}

void copy_owner_and_mode(int file, const struct stat& old) {
    struct stat ours{};
    if (::fstat(file, &ours) != 0) return;
    const bool other_owner = ours.st_uid != old.st_uid;
    bool same_group = ours.st_gid == old.st_gid;
    // The owner is set first, because the permissions then apply to other users than before.
    if (other_owner && ::fchown(file, old.st_uid, old.st_gid) == 0) same_group = true;
    // A process may give its file to one of its own groups without privileges.
    if (!same_group) same_group = ::fchown(file, kSameOwner, old.st_gid) == 0;
    mode_t mode = old.st_mode & kModeBits;
    if (!same_group) mode &= ~static_cast<mode_t>(S_IRWXG) | ((mode & S_IRWXO) << 3U);
    if ((ours.st_mode & kModeBits) != mode) ::fchmod(file, mode);
}

std::expected<TemporaryFile, FileError> TemporaryFile::create(int directory) {
    base::Fd file(::openat(directory, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, kMode));
    if (file) return TemporaryFile(std::move(file), directory, {});
    if (!lacks_unnamed_files(errno)) return failure(errno);
    return create_named(directory);
}

std::expected<TemporaryFile, FileError> TemporaryFile::create_named(int directory) {
    for (int i = 0; i < kTries; ++i) {
        auto name = random_name();
        if (!name) return std::unexpected(name.error());
        base::Fd file(::openat(directory, name->c_str(), O_CREAT | O_EXCL | O_NOFOLLOW | O_RDWR | O_CLOEXEC, kMode));
        if (!file && errno == EEXIST) continue;
        if (!file) return failure(errno);
        TemporaryFile made(std::move(file), directory, std::move(*name));
        // The lock tells the sweep of another process that this is no leftover. Where locks do not exist, nothing is
        // swept.
        const bool locked = ::flock(made.descriptor(), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
        struct stat status{};
        // A sweep between the open and the lock may have removed the name: take another one.
        if (locked && ::fstat(made.descriptor(), &status) == 0 && status.st_nlink > 0) return made;
    }
    return failure(EEXIST);
}

TemporaryFile TemporaryFile::adopt(base::Fd file, int directory, std::string name) {
    TemporaryFile adopted(std::move(file), directory, std::move(name));
    adopted.when_dropped_ = WhenDropped::stays;
    return adopted;
}

TemporaryFile::TemporaryFile(TemporaryFile&& other) noexcept
    : file_(std::move(other.file_)),
      directory_(other.directory_),
      name_(std::exchange(other.name_, {})),
      when_dropped_(other.when_dropped_),
      device_(other.device_),
      number_(other.number_) {}

TemporaryFile& TemporaryFile::operator=(TemporaryFile&& other) noexcept {
    if (this == &other) return *this;
    drop();
    file_ = std::move(other.file_);
    directory_ = other.directory_;
    name_ = std::exchange(other.name_, {});
    when_dropped_ = other.when_dropped_;
    device_ = other.device_;
    number_ = other.number_;
    return *this;
}

void TemporaryFile::remove() {
    if (!name_.empty()) remove_own({directory_, name_});
    name_.clear();
}

std::expected<void, FileError> TemporaryFile::publish_new(const HeldName& to) {
    const int error = name_.empty() ? link_file(file_->get(), to) : rename_to_free({directory_, name_}, to);
    if (error != 0) return failure(error);
    name_.clear();
    when_dropped_ = WhenDropped::stays;
    return {};
}

std::expected<std::vector<NamingCall>, FileError> TemporaryFile::plan_naming(const HeldName& to, Target target) const {
    using Kind = NamingCall::Kind;
    const auto link_to = [&](const std::string& name) {
        const std::string self = path_of_descriptor(file_->get());
        return NamingCall{Kind::link, AT_FDCWD, self, to.directory(), name, AT_SYMLINK_FOLLOW, file_->get()};
    };
    const bool is_free = target == Target::is_free;
    if (has_name()) {
        const unsigned flags = is_free ? RENAME_NOREPLACE : 0;
        return std::vector{NamingCall{Kind::rename, directory_, name_, to.directory(), to.name(), flags}};
    }
    if (is_free) return std::vector{link_to(to.name())};
    const auto temporary = random_name();
    if (!temporary) return std::unexpected(temporary.error());
    ::flock(file_->get(), LOCK_EX | LOCK_NB);
    return std::vector{link_to(*temporary),
                       NamingCall{Kind::rename, to.directory(), *temporary, to.directory(), to.name(), 0}};
}

void TemporaryFile::take_naming(const NamingOperation& naming) {
    if (naming.is_named()) {
        name_.clear();
        when_dropped_ = WhenDropped::stays;
    } else if ((naming.error == kUnknown && naming.calls.size() > 1) ||
               (!naming.calls_made.empty() && naming.calls_made.front() == 0)) {
        directory_ = naming.calls.front().to_directory;
        name_ = naming.calls.front().to;
    }
}

/// Gives it a temporary name, unless it has one.
std::expected<void, FileError> TemporaryFile::take_name(int directory) {
    for (int i = 0; name_.empty(); ++i) {
        auto temporary = random_name();
        if (!temporary) return std::unexpected(temporary.error());
        ::flock(file_->get(), LOCK_EX | LOCK_NB);
        const int error = link_own(file_->get(), {directory, *temporary});
        if (error != 0 && (error != EEXIST || i >= kTries)) return failure(error);
        if (error != 0) continue;
        directory_ = directory;
        name_ = std::move(*temporary);
    }
    return {};
}

std::expected<void, FileError> TemporaryFile::park(int directory) {
    struct stat status{};
    if (::fstat(file_->get(), &status) != 0) return failure(errno);
    if (auto named = take_name(directory); !named) return named;
    if (directory_ != directory) {
        if (const int error = move_own({directory_, name_}, directory); error != 0) return failure(error);
        directory_ = directory;
    }
    device_ = status.st_dev;
    number_ = status.st_ino;
    file_.reset();
    return {};
}

std::expected<void, FileError> TemporaryFile::reopen() {
    base::Fd file(::openat(directory_, name_.c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat status{};
    if (!file || ::fstat(file.get(), &status) != 0) return failure(errno);
    if (status.st_dev != device_ || status.st_ino != number_) {
        name_.clear();  // this process must not remove it
        return failure(ENOENT);
    }
    ::flock(file.get(), LOCK_EX | LOCK_NB);
    file_ = std::make_shared<base::Fd>(std::move(file));
    return {};
}

std::expected<void, FileError> TemporaryFile::publish_over(const HeldName& to) {
    // linkat never replaces, and rename needs a name: a file without one gets a temporary name between the two calls.
    if (auto named = take_name(to.directory()); !named) return named;
    if (const int error = rename_over({directory_, name_}, to); error != 0) return failure(error);
    name_.clear();
    when_dropped_ = WhenDropped::stays;
    return {};
}

}  // namespace storage
