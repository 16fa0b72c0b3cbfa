// What has to go is known by its inode and by when it was made, because an inode's number is used again.
#include "storage/swap.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstddef>
#include <span>

#include "base/ascii.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/file_io.h"
#include "base/named_lines.h"
#include "storage/name_calls.h"
#include "storage/tree_removal.h"

namespace storage {
namespace {

constexpr std::string_view kSuffix = ".swap";
constexpr mode_t kFileMode = 0600;
/// Two numbers of at most 20 digits, their words, and a name.
constexpr std::size_t kMostBytes = 64 + NAME_MAX;

struct Identity {
    std::uint64_t inode = 0;
    std::int64_t born_ns = 0;
    enum class Kind : std::uint8_t { directory, other } kind = Kind::other;

    [[nodiscard]] bool is_of(const SwapNote& note) const { return inode == note.inode && born_ns == note.born_ns; }
};

std::expected<Identity, int> identify(int directory, const std::string& name) {
    struct statx found{};
    constexpr unsigned kWanted = STATX_TYPE | STATX_INO | STATX_BTIME;
    if (::statx(directory, name.c_str(), AT_SYMLINK_NOFOLLOW, kWanted, &found) != 0) return std::unexpected(errno);
    Identity identity{.inode = found.stx_ino};
    if ((found.stx_mask & STATX_BTIME) != 0) {
        identity.born_ns = found.stx_btime.tv_sec * base::kNsPerSecond + found.stx_btime.tv_nsec;
    }
    if (S_ISDIR(found.stx_mode)) identity.kind = Identity::Kind::directory;
    return identity;
}

std::string make_swap_name() { return make_unfinished_name(kSuffix); }

std::string print(const SwapNote& note) {
    std::string text;
    base::append_named_line(text, "inode", std::to_string(note.inode));
    base::append_named_line(text, "born", std::to_string(note.born_ns));
    // A name may hold anything, also a line feed, so it is the rest.
    return text.append(note.name).append(1, '\0');
}

}  // namespace

bool is_swap_name(std::string_view name) { return is_unfinished_name(name, kSuffix); }

std::expected<SwapNote, int> write_swap_note(const HeldName& from, const HeldName& to) {
    const auto old = identify(to.directory(), to.name());
    if (!old) return std::unexpected(old.error());
    SwapNote note{make_swap_name(), old->inode, old->born_ns, from.name()};
    constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    const base::Fd file(::openat(from.directory(), note.file.c_str(), kFlags, kFileMode));
    if (!file) return std::unexpected(errno == EEXIST ? EAGAIN : errno);
    const std::string text = print(note);
    std::uint64_t offset = 0;
    const int error = base::write_at(file.get(), offset, std::as_bytes(std::span(text)));
    if (error == 0) return note;
    remove_own({from.directory(), note.file});
    return std::unexpected(error);
}

std::optional<SwapNote> read_swap_note(int directory, const std::string& file) {
    const base::Fd opened(::openat(directory, file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat status{};
    // One of somebody else could name what only the server may remove.
    if (!opened || ::fstat(opened.get(), &status) != 0) return std::nullopt;
    if (!S_ISREG(status.st_mode) || status.st_uid != ::geteuid() || status.st_nlink != 1) return std::nullopt;
    std::array<char, kMostBytes> bytes{};
    const std::size_t count = base::read_at(opened.get(), 0, std::as_writable_bytes(std::span(bytes)));
    std::string_view text(bytes.data(), count);
    const auto inode = base::take_named_value(text, "inode").and_then(base::parse_decimal);
    const auto born = base::take_named_value(text, "born").and_then(base::parse_decimal);
    if (!inode || !born || !text.ends_with('\0')) return std::nullopt;
    text.remove_suffix(1);
    const bool is_name = !text.empty() && text.find('/') == std::string_view::npos && !is_own_name(text);
    if (!is_name || text == "." || text == "..") return std::nullopt;
    return SwapNote{file, *inode, static_cast<std::int64_t>(*born), std::string(text)};
}

std::expected<std::string, int> finish_swap(int directory, const SwapNote& note) {
    std::string gone;
    const auto found = identify(directory, note.name);
    if (!found && found.error() != ENOENT) return std::unexpected(found.error());
    if (found && found->is_of(note)) {
        if (found->kind == Identity::Kind::directory) gone = make_gone_name();
        const int error = gone.empty() ? remove_gone_entry(directory, note.name)
                                       : lift_directory(directory, note.name, {directory, gone});
        // Another server with the same root may be as far.
        if (error != 0 && error != ENOENT) return std::unexpected(error);
    }
    remove_own({directory, note.file});
    return gone;
}

std::expected<std::string, int> swap_away(const HeldName& from, const HeldName& to) {
    const auto note = write_swap_note(from, to);
    if (!note) return std::unexpected(note.error());
    if (const int error = exchange(from, to); error != 0) {
        remove_own({from.directory(), note->file});
        return std::unexpected(error);
    }
    auto gone = finish_swap(from.directory(), *note);
    // Where this fails, too, the note stays, and the next start does the rest.
    if (!gone && exchange(from, to) == 0) remove_own({from.directory(), note->file});
    return gone;
}

}  // namespace storage
