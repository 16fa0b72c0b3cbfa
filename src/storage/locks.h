// The locks of all clients (RFC 4918 §6, §7), by path. Publication asks here for every name that it holds, dav/ makes
// and ends them. Those whose time is over do not count; tidy() forgets them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <ranges>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/counters.h"
#include "http/client_shares.h"
#include "http/framing.h"
#include "storage/file_root.h"
#include "storage/lock.h"
#include "storage/lock_files.h"

namespace storage {

/// Of all clients, and of one of them: a program locks what it has open.
inline constexpr std::size_t kMostLocks = 4'096;
inline constexpr std::size_t kMostLocksOfClient = 512;
/// Shared ones of one path: lockdiscovery tells of each.
inline constexpr std::size_t kMostLocksOfPath = 16;
/// The longest time of a lock, and that of one for which none is asked. Who needs it longer refreshes it.
inline constexpr std::int64_t kMostLockSeconds = 3'600;

class Locks {
public:
    /// Both outlive this.
    Locks(const FileRoot& root, const base::Clock& clock) : root_(root), clock_(clock), files_(root) {}
    Locks(const Locks&) = delete;
    Locks& operator=(const Locks&) = delete;

    /// Reads those from before the start. False while some cannot be read; it tries again with the second call and then
    /// at most once a second. None of them can be in force an hour after the first call, so it is true then.
    bool load();
    [[nodiscard]] bool empty() const { return by_token_.empty(); }
    /// The 503 of a request that asks about locks while some cannot be read: what is not known is not said to be
    /// absent.
    [[nodiscard]] std::optional<http::Refusal> find_unread();

    // Questions. Paths are those of find_written_path(), or canonical ones where that is said.

    /// Why a write with these keys may not do this to `path`, which is canonical: 423 for a lock, 503 when it cannot be
    /// told where the path leads.
    [[nodiscard]] std::optional<http::Refusal> find_fault(std::string_view path, Touched touched, const LockKeys& keys);
    /// The lock that is in the way; null: none. A file that is locked keeps its coded forms, too: they would be sent in
    /// its place.
    [[nodiscard]] const Lock* find_obstacle(std::string_view path, Touched touched, const LockKeys& keys) const;
    /// The lock beside which there cannot be one like `wanted` (RFC 4918 §6.1); null: none.
    [[nodiscard]] const Lock* find_conflict(const Lock& wanted) const;
    /// Those of a path itself and of folders above it that are locked with all below.
    [[nodiscard]] std::vector<const Lock*> find_covering(std::string_view path) const;
    [[nodiscard]] const Lock* find(std::string_view token) const;
    /// True when there is a lock with this token that covers `path`, which is canonical. 503 when it cannot be told
    /// where the path leads.
    [[nodiscard]] std::expected<bool, http::Refusal> covers(std::string_view token, std::string_view path) const;
    /// What is left of its time.
    [[nodiscard]] std::int64_t seconds_left(const Lock& lock) const;

    // Changes.

    struct Granted {
        const Lock& lock;
        LockFiles::Written written;
    };
    /// `wanted` has no conflict; it gets a token, and its time. 429 when there are too many, 503 and others as for a
    /// write that fails.
    [[nodiscard]] std::expected<Granted, http::Refusal> grant(Lock wanted, std::int64_t seconds,
                                                              const http::ClientKey& client);
    /// Gives it a new time. Durable once the file is synced. An errno, after which it has the old one.
    [[nodiscard]] std::expected<base::SharedFd, int> refresh(std::string_view token, std::int64_t seconds);
    /// It does not count from here on. Durable once the directory is synced. An errno.
    [[nodiscard]] std::expected<base::SharedFd, int> remove(std::string_view token);
    /// Likewise, whether or not its file can be removed: what it kept for its client is not kept any more.
    void drop(std::string_view token);
    /// What had the path `path`, which is canonical, is gone: its locks are, and those below it.
    void drop_tree(std::string_view path);

    /// `path` names something else now, a file or a folder: locks below it end, and its own if they were for the other
    /// kind.
    void drop_replaced(std::string_view path, Lock::Kind now);

    /// Forgets those whose time is over.
    void tidy();
    [[nodiscard]] std::optional<base::MonotonicMs> due() const {
        return by_time_.empty() ? std::nullopt : std::optional(by_time_.begin()->first);
    }
    void register_counters(base::Counters& counters);

private:
    struct Kept : Lock {
        http::ClientShares::Share share;  ///< of its client; of one from before a restart nobody's
    };
    using Group = std::vector<std::unique_ptr<Kept>>;
    using ByPath = std::map<std::string, Group, std::less<>>;
    using Groups = std::ranges::subrange<ByPath::const_iterator>;

    [[nodiscard]] bool counts(const Lock& lock) const { return lock.expires_ms > clock_.now_ms(); }
    [[nodiscard]] const Lock* find_closed(const std::vector<const Lock*>& locks, const LockKeys& keys) const;
    [[nodiscard]] std::vector<const Lock*> find_at(std::string_view path) const;
    /// Of all that is below `folder`, which has no slash at its end.
    [[nodiscard]] Groups groups_below(std::string_view folder) const;
    const Lock& keep(Lock lock, http::ClientShares::Share share);
    void forget(const Lock& lock);

    const FileRoot& root_;
    const base::Clock& clock_;
    LockFiles files_;
    bool is_loaded_ = false;
    std::optional<base::MonotonicMs> first_load_ms_;
    base::MonotonicMs next_load_ms_ = 0;
    http::ClientShares shares_;  // outlives the locks
    ByPath by_path_;
    std::map<std::string, Kept*, std::less<>> by_token_;
    std::set<std::pair<base::MonotonicMs, const Lock*>> by_time_;
    std::uint64_t granted_ = 0;
    std::uint64_t over_share_ = 0;
    std::uint64_t in_the_way_ = 0;
    base::Counters::Registration shown_;
};

}  // namespace storage
