// A link's file has its name from the beginning: nobody knows the token until the file is durable, and what a crash
// cuts off is read as damaged.
#include "access_control/share_store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <utility>

#include "base/file_io.h"
#include "storage/digest.h"
#include "storage/name_calls.h"

namespace access_control {
namespace {

constexpr const char* kDirectory = ".godwit";
constexpr const char* kKeyName = ".godwit-share.key";
constexpr std::string_view kSuffix = ".share";
constexpr mode_t kSecretMode = 0600;
/// Entries of the directory that one slice looks at, and links that it reads.
constexpr std::size_t kEntriesOfSlice = 1'000;
constexpr std::size_t kLinksOfSlice = 64;

std::string file_name(std::string_view id) { return std::string(id).append(kSuffix); }

std::optional<std::string> id_of(std::string_view name) {
    if (name.size() != kShareIdDigits + kSuffix.size() || !name.ends_with(kSuffix)) return std::nullopt;
    name.remove_suffix(kSuffix.size());
    return is_share_id(name) ? std::optional(std::string(name)) : std::nullopt;
}

/// fsync. An errno, or 0, also where the file system has no fsync.
int sync_file(int file) { return ::fsync(file) == 0 || errno == EINVAL ? 0 : errno; }

int write_text(int file, std::string_view text) {
    std::uint64_t offset = 0;  // ignored where the file is open for appending
    return base::write_at(file, offset, std::as_bytes(std::span(text)));
}

/// Of a link without a limit, over the total of before. One block of the disk holds all of it.
int write_total(int file, const ShareLink& link, std::int64_t now_s) {
    if (::fcntl(file, F_SETFL, 0) != 0) return errno;  // what is written goes to its place, not to the end
    const std::uint32_t uses = link.uses + (link.uses == UINT32_MAX ? 0 : 1);
    std::uint64_t offset = print_unused_share(link).size();
    const std::string line = total_line(uses, now_s);
    return base::write_at(file, offset, std::as_bytes(std::span(line)));
}

std::expected<std::string, int> read_text(int file) {
    struct stat status{};
    if (::fstat(file, &status) != 0) return std::unexpected(errno);
    if (!S_ISREG(status.st_mode) || static_cast<std::size_t>(status.st_size) > kMostShareBytes) {
        return std::unexpected(EINVAL);
    }
    std::string text(static_cast<std::size_t>(status.st_size), '\0');
    const auto read = base::read_or_fail(file, 0, std::as_writable_bytes(std::span(text)));
    if (!read) return std::unexpected(read.error());
    text.resize(*read);
    return text;
}

std::expected<base::Fd, int> open_at(int directory, const std::string& name, int flags) {
    base::Fd file(::openat(directory, name.c_str(), flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, kSecretMode));
    if (!file) return std::unexpected(errno);
    return file;
}

/// EINVAL: the file is no link.
std::expected<ShareLink, int> read_link(int directory, std::string_view id) {
    const auto file = open_at(directory, file_name(id), O_RDONLY);
    if (!file) return std::unexpected(file.error());
    const auto text = read_text(file->get());
    if (!text) return std::unexpected(text.error());
    auto link = parse_share(*text);
    if (!link || link->id != id) return std::unexpected(EINVAL);
    return std::move(*link);
}

/// EPERM: others can read it, or it is not a key.
std::expected<DigestKey, int> read_key(int directory) {
    const auto file = open_at(directory, kKeyName, O_RDONLY);
    if (!file) return std::unexpected(file.error());
    struct stat status{};
    if (::fstat(file->get(), &status) != 0) return std::unexpected(errno);
    DigestKey key{};
    const bool is_own = S_ISREG(status.st_mode) && (status.st_mode & (S_IRWXG | S_IRWXO)) == 0 &&
                        static_cast<std::size_t>(status.st_size) == key.size();
    if (!is_own || !base::read_exactly(file->get(), 0, key)) return std::unexpected(EPERM);
    return key;
}

/// The key gets its name when it is whole and on the disk; where another process was faster, the key of that process
/// stays. This is done once for each root, so it may wait for the disk.
int make_key(int directory) {
    // Named and locked as an unfinished upload is, so that the sweep removes what a crash leaves.
    const std::string aside = storage::make_unfinished_name(".part");
    const auto file = open_at(directory, aside, O_WRONLY | O_CREAT | O_EXCL);
    if (!file) return file.error();
    (void)::flock(file->get(), LOCK_EX | LOCK_NB);
    const DigestKey key = make_digest_key();
    std::uint64_t offset = 0;
    int error = base::write_at(file->get(), offset, key);
    if (error == 0) error = sync_file(file->get());
    if (error == 0) error = storage::link_own(file->get(), {directory, kKeyName});
    storage::remove_own({directory, aside});
    if (error == EEXIST) return 0;
    return error == 0 ? sync_file(directory) : error;
}

std::expected<DigestKey, int> read_or_make_key(int directory) {
    auto key = read_key(directory);
    if (key || key.error() != ENOENT) return key;
    if (const int error = make_key(directory); error != 0) return std::unexpected(error);
    return read_key(directory);
}

/// True also when the directory does not exist, or when something else has its name.
bool is_absence(int error) { return error == ENOENT || error == ENOTDIR || error == ELOOP; }

}  // namespace

std::expected<base::Fd, int> ShareStore::open_directory() const {
    return open_at(root_.descriptor(), kDirectory, O_RDONLY | O_DIRECTORY);
}

/// The store of uploads removes the directory when it is empty. When it does so at this very moment, this fails, and
/// can be done again.
std::expected<base::Fd, int> ShareStore::make_directory() const {
    const int error = storage::make_directory_above(root_.descriptor(), kDirectory);
    if (error != 0 && error != EEXIST) return std::unexpected(error);
    if (error == 0) {
        if (const int unsynced = sync_file(root_.descriptor()); unsynced != 0) return std::unexpected(unsynced);
    }
    return open_directory();
}

ShareStore::Found ShareStore::find(std::string_view token) const {
    using Kind = Found::Kind;
    if (!is_share_token(token)) return {};
    const auto fault = [](int error) { return Found{is_absence(error) ? Kind::unknown : Kind::failed, {}}; };
    const auto directory = open_directory();
    if (!directory) return fault(directory.error());
    auto link = read_link(directory->get(), token.substr(0, kShareIdDigits));
    if (!link) return link.error() == EINVAL ? Found{} : fault(link.error());
    const auto key = read_key(directory->get());
    if (!key) return fault(key.error());
    const std::string right = share_token(*link, *key);
    if (right.empty() || !is_same_digest(token, right)) return {};
    return {Kind::known, std::move(*link)};
}

std::expected<ShareStore::Made, int> ShareStore::make(const ShareLink& link) const {
    if (!storage::has_digests()) return std::unexpected(ENOSYS);
    auto directory = make_directory();
    if (!directory) return std::unexpected(directory.error());
    const auto key = read_or_make_key(directory->get());
    if (!key) return std::unexpected(key.error());
    auto file = open_at(directory->get(), file_name(link.id), O_WRONLY | O_CREAT | O_EXCL);
    if (!file) return std::unexpected(file.error());
    if (const int error = write_text(file->get(), print_share(link)); error != 0) {
        storage::remove_own({directory->get(), file_name(link.id)});
        return std::unexpected(error);
    }
    return Made{share_token(link, *key), base::share(std::move(*file)), base::share(std::move(*directory))};
}

std::expected<base::SharedFd, int> ShareStore::take_use(std::string_view id, std::int64_t now_s) const {
    if (!is_share_id(id)) return std::unexpected(ENOENT);
    const auto directory = open_directory();
    if (!directory) return std::unexpected(directory.error());
    auto file = open_at(directory->get(), file_name(id), O_RDWR | O_APPEND);
    if (!file) return std::unexpected(file.error());
    const auto text = read_text(file->get());
    if (!text) return std::unexpected(text.error());
    const auto link = parse_share(*text);
    if (!link) return std::unexpected(EINVAL);
    if (link->is_used_up()) return std::unexpected(EDQUOT);
    if (link->limit == 0) {
        if (const int error = write_total(file->get(), *link, now_s); error != 0) return std::unexpected(error);
        return base::share(std::move(*file));
    }
    // A line that was cut off stays a use of its own.
    const std::string line = (text->ends_with('\n') ? "" : "\n") + use_line(now_s);
    if (const int error = write_text(file->get(), line); error != 0) {
        return std::unexpected(::ftruncate(file->get(), static_cast<off_t>(text->size())) == 0 ? error : EIO);
    }
    return base::share(std::move(*file));
}

std::expected<ShareLink, int> ShareStore::read(std::string_view id) const {
    if (!is_share_id(id)) return std::unexpected(ENOENT);
    const auto directory = open_directory();
    if (!directory) return std::unexpected(directory.error());
    return read_link(directory->get(), id);
}

std::expected<base::SharedFd, int> ShareStore::remove(std::string_view id) const {
    if (!is_share_id(id)) return std::unexpected(ENOENT);
    auto directory = open_directory();
    if (!directory) return std::unexpected(directory.error());
    if (const int error = storage::remove_own({directory->get(), file_name(id)}); error != 0) {
        return std::unexpected(error);
    }
    return base::share(std::move(*directory));
}

ShareScan::ShareScan(const ShareStore& store) {
    auto directory = store.open_directory();
    if (!directory) {
        error_ = is_absence(directory.error()) ? 0 : directory.error();
        return;
    }
    entries_.emplace(std::move(*directory));
    if (*entries_) return;
    error_ = errno;
    entries_.reset();
}

bool ShareScan::work() {
    if (!entries_) return true;
    std::size_t links = 0;
    for (std::size_t looked = 0; looked < kEntriesOfSlice && links < kLinksOfSlice; ++looked) {
        const dirent* const entry = entries_->next();
        if (entry == nullptr) {
            error_ = errno;
            entries_.reset();
            std::ranges::sort(links_, {}, [](const ShareLink& link) { return std::pair(link.made_s, link.id); });
            return true;
        }
        const auto id = id_of(entry->d_name);
        if (!id) continue;
        ++links;
        auto link = read_link(entries_->descriptor(), *id);
        if (link) {
            links_.push_back(std::move(*link));
        } else if (link.error() == EINVAL) {
            damaged_.push_back(*id);
        } else if (!is_absence(link.error())) {
            error_ = link.error();
            entries_.reset();
            return true;
        }
    }
    return false;
}

}  // namespace access_control
