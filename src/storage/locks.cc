// A path is looked up once for each folder above it, however many locks there are.
#include "storage/locks.h"

#include <algorithm>
#include <cerrno>

#include "storage/sidecar_name.h"
#include "storage/write_error.h"
#include "storage/written_path.h"

namespace storage {
namespace {

using http::Refusal;
using http::Status;

constexpr std::int64_t kMsPerSecond = 1'000;
constexpr std::int64_t kLoadPauseMs = 1'000;
/// Files removed in one call of tidy(): some microseconds each.
constexpr int kRemovalsAtOnce = 64;

constexpr Refusal kLocked{Status::locked,
                          "this is locked: whoever holds the lock may change it, with the lock's token in If."};
constexpr Refusal kTooMany{Status::too_many_requests,
                           "there are too many locks already: try again when some are given up."};
constexpr Refusal kUnread{Status::service_unavailable,
                          "the locks on this site cannot be read for now, so it is not known whether this is locked."};
constexpr Refusal kNoToken{Status::service_unavailable, "the system gives no random bytes for a lock's token."};

std::string_view without_slash(std::string_view path) {
    if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
    return path;
}

std::string_view folder_of(std::string_view path) { return path.substr(0, path.rfind('/')); }

}  // namespace

bool Locks::load() {
    if (is_loaded_) return true;
    const base::MonotonicMs now = clock_.now_ms();
    if (first_load_ms_) {
        is_loaded_ = now - *first_load_ms_ >= kMostLockSeconds * kMsPerSecond;
        if (is_loaded_ || now < next_load_ms_) return is_loaded_;
        next_load_ms_ = now + kLoadPauseMs;
    } else {
        first_load_ms_ = now;
    }
    auto all = files_.read_all(kMostLocks);
    is_loaded_ = all.is_whole;
    for (StoredLock& stored : all.locks) {
        if (by_token_.contains(stored.lock.token)) continue;
        // A clock that was set back does not make a lock last longer than it could.
        const std::int64_t left = std::min(stored.expires_s - clock_.unix_seconds(), kMostLockSeconds);
        if (left <= 0) {
            [[maybe_unused]] const auto removed = files_.remove(stored.lock.token);
            continue;
        }
        stored.lock.expires_ms = clock_.now_ms() + left * kMsPerSecond;
        keep(std::move(stored.lock), {});
    }
    return is_loaded_;
}

std::optional<Refusal> Locks::find_unread() { return load() ? std::nullopt : std::optional(kUnread); }

Locks::Groups Locks::groups_below(std::string_view folder) const {
    const std::string below = std::string(folder).append("/");
    const auto begin = by_path_.lower_bound(below);
    const auto is_below = [&below](const auto& group) { return group.first.starts_with(below); };
    return {begin, std::find_if_not(begin, by_path_.end(), is_below)};
}

std::vector<const Lock*> Locks::find_at(std::string_view path) const {
    std::vector<const Lock*> locks;
    const auto group = by_path_.find(path);
    if (group == by_path_.end()) return locks;
    for (const auto& lock : group->second) {
        if (counts(*lock)) locks.push_back(lock.get());
    }
    return locks;
}

std::vector<const Lock*> Locks::find_covering(std::string_view path) const {
    path = without_slash(path);
    std::vector<const Lock*> locks = find_at(path);
    for (std::string_view above = folder_of(path); !above.empty(); above = folder_of(above)) {
        for (const Lock* lock : find_at(above)) {
            if (lock->reach == Lock::Reach::all_below) locks.push_back(lock);
        }
    }
    return locks;
}

/// The first of `locks`, unless the keys open one of them: of several shared locks one is enough.
const Lock* Locks::find_closed(const std::vector<const Lock*>& locks, const LockKeys& keys) const {
    const auto opens = [&keys](const Lock* lock) { return keys.open(*lock); };
    return locks.empty() || std::ranges::any_of(locks, opens) ? nullptr : locks.front();
}

const Lock* Locks::find_obstacle(std::string_view path, Touched touched, const LockKeys& keys) const {
    if (empty() || touched == Touched::nothing) return nullptr;
    path = without_slash(path);
    if (const Lock* lock = find_closed(find_covering(path), keys)) return lock;
    for (auto file = find_file_of_sidecar(path); !file.empty(); file = find_file_of_sidecar(file)) {
        const Lock* const lock = find_closed(find_at(file), keys);
        if (lock != nullptr && lock->kind == Lock::Kind::file) return lock;
    }
    if (touched == Touched::content) return nullptr;
    // RFC 4918 §7.4: a locked folder keeps the names that are in it.
    if (const Lock* lock = find_closed(find_covering(folder_of(path)), keys)) return lock;
    if (touched == Touched::name) return nullptr;
    for (const auto& group : groups_below(path)) {
        if (const Lock* lock = find_closed(find_at(group.first), keys)) return lock;
    }
    return nullptr;
}

std::optional<Refusal> Locks::find_fault(std::string_view path, Touched touched, const LockKeys& keys) {
    if (const auto unread = find_unread()) return unread;
    if (empty() || touched == Touched::nothing) return std::nullopt;
    const auto written = find_written_path(root_, path);
    if (!written) return written.error();
    if (find_obstacle(*written, touched, keys) == nullptr) return std::nullopt;
    ++in_the_way_;
    return kLocked;
}

const Lock* Locks::find_conflict(const Lock& wanted) const {
    const auto excludes = [&wanted](const Lock* lock) {
        return wanted.scope == Lock::Scope::exclusive || lock->scope == Lock::Scope::exclusive;
    };
    const std::vector<const Lock*> covering = find_covering(wanted.path);
    if (const auto found = std::ranges::find_if(covering, excludes); found != covering.end()) return *found;
    if (wanted.reach == Lock::Reach::itself) return nullptr;
    for (const auto& group : groups_below(wanted.path)) {
        for (const auto& lock : group.second) {
            if (counts(*lock) && excludes(lock.get())) return lock.get();
        }
    }
    return nullptr;
}

const Lock* Locks::find(std::string_view token) const {
    const auto found = by_token_.find(token);
    return found != by_token_.end() && counts(*found->second) ? found->second : nullptr;
}

std::expected<bool, Refusal> Locks::covers(std::string_view token, std::string_view path) const {
    const Lock* const lock = find(token);
    if (lock == nullptr) return false;
    const auto written = find_written_path(root_, path);
    if (!written) return std::unexpected(written.error());
    return lock->covers(without_slash(*written));
}

std::int64_t Locks::seconds_left(const Lock& lock) const {
    return std::max<std::int64_t>((lock.expires_ms - clock_.now_ms()) / kMsPerSecond, 0);
}

std::expected<Locks::Granted, Refusal> Locks::grant(Lock wanted, std::int64_t seconds, const http::ClientKey& client) {
    if (const auto unread = find_unread()) return std::unexpected(*unread);
    const bool is_crowded = find_at(wanted.path).size() >= kMostLocksOfPath;
    if (is_crowded || by_token_.size() >= kMostLocks || shares_.of(client) >= kMostLocksOfClient) {
        ++over_share_;
        return std::unexpected(kTooMany);
    }
    wanted.token = make_lock_token();
    if (wanted.token.empty()) return std::unexpected(kNoToken);
    wanted.expires_ms = clock_.now_ms() + seconds * kMsPerSecond;
    auto written = files_.write(wanted, clock_.unix_seconds() + seconds);
    if (!written) return std::unexpected(write_refusal(written.error() == ENOENT ? EAGAIN : written.error()));
    ++granted_;
    return Granted{keep(std::move(wanted), shares_.count(client)), std::move(*written)};
}

std::expected<base::SharedFd, int> Locks::refresh(std::string_view token, std::int64_t seconds) {
    const auto found = by_token_.find(token);
    if (found == by_token_.end()) return std::unexpected(ENOENT);
    auto file = files_.write_time(token, clock_.unix_seconds() + seconds);
    if (!file) return file;
    Lock& lock = *found->second;
    by_time_.erase({lock.expires_ms, &lock});
    lock.expires_ms = clock_.now_ms() + seconds * kMsPerSecond;
    by_time_.emplace(lock.expires_ms, &lock);
    return file;
}

std::expected<base::SharedFd, int> Locks::remove(std::string_view token) {
    const auto found = by_token_.find(token);
    if (found == by_token_.end()) return std::unexpected(ENOENT);
    auto directory = files_.remove(token);
    // Where it could not be removed it stays, so that it does not come back at a restart.
    if (directory || directory.error() == ENOENT) forget(*found->second);
    return directory;
}

void Locks::drop(std::string_view token) {
    const auto found = by_token_.find(token);
    if (found == by_token_.end()) return;
    // One that stays on the disk comes back at a restart at worst, and ends with its time.
    [[maybe_unused]] const auto removed = files_.remove(token);
    forget(*found->second);
}

void Locks::drop_tree(std::string_view path) {
    if (empty()) return;
    const auto written = find_written_path(root_, path);
    if (!written) return;
    const std::string top(without_slash(*written));
    std::vector<std::string> tokens;
    const auto note = [&tokens](const Group& group) {
        for (const auto& lock : group) tokens.push_back(lock->token);
    };
    if (const auto group = by_path_.find(top); group != by_path_.end()) note(group->second);
    for (const auto& group : groups_below(top)) note(group.second);
    for (const std::string& token : tokens) drop(token);
}

void Locks::drop_replaced(std::string_view path, Lock::Kind now) {
    if (empty()) return;
    const auto written = find_written_path(root_, path);
    if (!written) return;
    const std::string top(without_slash(*written));
    std::vector<std::string> tokens;
    if (const auto own = by_path_.find(top); own != by_path_.end()) {
        for (const auto& lock : own->second) {
            if (lock->kind != now) tokens.push_back(lock->token);
        }
    }
    for (const auto& group : groups_below(top)) {
        for (const auto& lock : group.second) tokens.push_back(lock->token);
    }
    for (const std::string& token : tokens) drop(token);
}

void Locks::tidy() {
    for (int i = 0; i < kRemovalsAtOnce && !by_time_.empty() && by_time_.begin()->first <= clock_.now_ms(); ++i) {
        const Lock& lock = *by_time_.begin()->second;
        [[maybe_unused]] const auto removed = files_.remove(lock.token);
        forget(lock);
    }
}

const Lock& Locks::keep(Lock lock, http::ClientShares::Share share) {
    Group& group = by_path_[lock.path];
    Kept& kept = *group.emplace_back(std::make_unique<Kept>(Kept{std::move(lock), std::move(share)}));
    by_token_.emplace(kept.token, &kept);
    by_time_.emplace(kept.expires_ms, &kept);
    return kept;
}

void Locks::forget(const Lock& lock) {
    by_time_.erase({lock.expires_ms, &lock});
    by_token_.erase(by_token_.find(lock.token));
    const auto group = by_path_.find(lock.path);
    std::erase_if(group->second, [&lock](const auto& each) { return each.get() == &lock; });
    if (group->second.empty()) by_path_.erase(group);
}

void Locks::register_counters(base::Counters& counters) {
    using enum base::CounterKind;
    shown_ = counters.add(
        {{"locks", gauge, "locks that clients hold", [this] { return by_token_.size(); }},
         base::counter("locks_granted", total, "locks that clients got", granted_),
         base::counter("locks_over_share", total, "locks not given because there are too many", over_share_),
         base::counter("writes_locked", total, "writes refused because of a lock", in_the_way_)});
}

}  // namespace storage
