// A file without a name, or with one that is never served, until its content is complete. Destroying it before it was
// published removes the file. Made by FileSink and by records/record_copy; storage/publication gives it its name.
#pragma once

#include <sys/types.h>

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/fd.h"
#include "storage/disk_queue.h"
#include "storage/file_root.h"
#include "storage/held_names.h"

namespace storage {

class TemporaryFile {
public:
    /// In the directory open as `directory`, which must stay open as long as this lives. Without a name where the
    /// file system can do that (O_TMPFILE), else as ".godwit-<16 hexadecimal digits>.part", locked by flock.
    /// The mode is 0666 without the process's umask.
    static std::expected<TemporaryFile, FileError> create(int directory);
    /// With a name in any case; for tests, and for file systems that only pretend to know O_TMPFILE.
    static std::expected<TemporaryFile, FileError> create_named(int directory);

    /// One that was made earlier and has `name` in `directory`. It keeps that name when this is destroyed before it
    /// was published.
    static TemporaryFile adopt(base::Fd file, int directory, std::string name);

    TemporaryFile(TemporaryFile&& other) noexcept;
    TemporaryFile& operator=(TemporaryFile&& other) noexcept;
    ~TemporaryFile() { drop(); }

    [[nodiscard]] int descriptor() const { return file_->get(); }
    /// For operations that may outlive this.
    [[nodiscard]] base::SharedFd shared() const { return file_; }
    /// The descriptor of a file that is to be dropped: its name is gone, and its content is freed when the caller
    /// closes it. None when the file stays.
    [[nodiscard]] base::Fd take_dropped() {
        if (when_dropped_ == WhenDropped::stays) return {};
        remove();
        // An operation in flight closes the file otherwise.
        return file_.use_count() == 1 ? std::move(*std::exchange(file_, nullptr)) : base::Fd();
    }
    /// The name of a parked file that is to be dropped; the caller removes it. Empty when there is none.
    [[nodiscard]] std::string take_parked_name() {
        return when_dropped_ == WhenDropped::stays || file_ ? std::string() : std::exchange(name_, {});
    }
    [[nodiscard]] bool has_name() const { return !name_.empty(); }

    /// Gives the file its final name; an existing name is not replaced (EEXIST).
    std::expected<void, FileError> publish_new(const HeldName& to);
    /// Gives the file its final name at once in place of what has it now; a directory stays (EISDIR).
    std::expected<void, FileError> publish_over(const HeldName& to);

    /// What publish_new() and publish_over() would call, for DiskQueue::name_later(); the name stays held until
    /// they are made.
    enum class Target : std::uint8_t { is_free, is_replaced };
    std::expected<std::vector<NamingCall>, FileError> plan_naming(const HeldName& to, Target target) const;
    /// Notes which of those calls were made. When not all were, publish_new() and publish_over() do the rest; with
    /// kUnknown nothing can be done but drop it.
    void take_naming(const NamingOperation& naming);

    /// Gives up the descriptor until reopen(). The file waits under a temporary name in `directory`, of the same file
    /// system, which must stay open as long as this lives. Until reopen() another process's sweep may remove it.
    std::expected<void, FileError> park(int directory);
    /// ENOENT: somebody else removed it, or put something else in its place.
    std::expected<void, FileError> reopen();

private:
    TemporaryFile(base::Fd file, int directory, std::string name)
        : file_(std::make_shared<base::Fd>(std::move(file))), directory_(directory), name_(std::move(name)) {}
    enum class WhenDropped : std::uint8_t { is_removed, stays };

    void drop() {
        if (when_dropped_ == WhenDropped::is_removed) remove();
    }
    void remove();
    std::expected<void, FileError> take_name(int directory);

    std::shared_ptr<base::Fd> file_;  ///< null: parked, or taken
    int directory_;                   ///< of name_; borrowed
    std::string name_;                ///< empty: the file has no name
    WhenDropped when_dropped_ = WhenDropped::is_removed;
    dev_t device_ = 0;  ///< of a parked file
    ino_t number_ = 0;
};

/// Gives the file open as `file` the owner, group and permissions of `old`, the file that it will replace. Where the
/// process may not give files away the file stays its own, and then its group gets no more rights than everybody.
/// Set-user-ID and similar bits are never passed on to content that came over the network.
void copy_owner_and_mode(int file, const struct stat& old);

/// True for a name that create() gives.
[[nodiscard]] bool is_temporary_name(std::string_view name);
/// True when create() of this process gave it: a parked file of this process is not locked.
[[nodiscard]] bool is_own_temporary_name(std::string_view name);

}  // namespace storage
