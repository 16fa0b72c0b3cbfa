// What is served at each path. An entry is checked against the file system before it answers a request that arrived
// after the last check, so an answer is never older than its request, and under load many requests share one check.
// Called by files/static_files; writers invalidate.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/arrival_clock.h"
#include "base/clock.h"
#include "base/counters.h"
#include "base/memory_budget.h"
#include "files/cache_rules.h"
#include "files/representation.h"
#include "files/representation_builder.h"
#include "media/compression_policy.h"
#include "storage/changes.h"
#include "storage/file_root.h"

namespace files {

struct CacheLimits {
    /// Bytes of files and coded forms in memory: as much as a small site.
    std::size_t max_bytes = 64 * 1024 * 1024;
    /// Descriptors held open: the usual soft limit of a process is 1,024; app raises it.
    std::size_t max_descriptors = 1024;
    /// Files up to here are kept in memory: one send() without a second system call.
    std::size_t small_file_bytes = 128 * 1024;
};

/// Since the start, but for `bytes`, `descriptors` and `entries`, which are of now.
struct CacheCounters {
    std::uint64_t hits = 0;        ///< answered by an entry that was there
    std::uint64_t misses = 0;      ///< had to open the file
    std::uint64_t checks = 0;      ///< entries compared with the file system
    std::uint64_t reopened = 0;    ///< of these, found changed
    std::uint64_t evictions = 0;   ///< entries dropped for room
    std::uint64_t coded_hits = 0;  ///< coded forms that were there
    std::uint64_t coded_made = 0;  ///< coded forms compressed here and kept
    std::uint64_t bytes = 0;
    std::uint64_t descriptors = 0;
    std::uint64_t entries = 0;
};

class RepresentationCache final : public storage::Changes {
public:
    /// All references must outlive the cache and every response made from it. `disk` closes removed files in the
    /// background; without it they are closed at once. What the cache holds is put on `charge`.
    RepresentationCache(const storage::FileRoot& root, const base::Clock& clock, const base::ArrivalClock& arrivals,
                        const CacheLimits& limits, RepresentationRules rules = {}, storage::DiskQueue* disk = nullptr,
                        base::MemoryCharge charge = {});
    ~RepresentationCache() override;
    RepresentationCache(const RepresentationCache&) = delete;
    RepresentationCache& operator=(const RepresentationCache&) = delete;

    /// What is at `path` (a target's decoded path, not hidden) at or after the arrival of a request
    /// (Request::arrival). Directories are found too, and not kept. Allocates nothing on a hit.
    std::expected<std::shared_ptr<const Representation>, FindError> find(std::string_view path, std::uint64_t arrival);

    /// The coding to send when `wanted` was agreed on: makes a small file's coded form at once, and gives identity
    /// when that would not be smaller. The form of the result is ready or still to make, the same for GET and HEAD.
    Coding settle(const std::shared_ptr<const Representation>& found, Coding wanted);

    /// For a form of `found` that is not made yet: a source that compresses the whole and lets this cache keep the
    /// result. `coding` is what settle() gave.
    std::unique_ptr<http::BodySource> compress(const std::shared_ptr<const Representation>& found, Coding coding);

    /// From here on the form has this digest ("sha-256=:…:"), which must be that of its bytes.
    void keep_digest(const std::shared_ptr<const Representation>& found, Coding coding, http::DigestAlgorithm algorithm,
                     std::string value);

    /// This process has changed what is at `path`: the next find() looks at it again, whenever its request arrived.
    /// Called after the change and before its response.
    void path_changed(std::string_view path) override;

    /// Drops entries that no request used for `age_ns`, so that deleted files do not keep their room on the disk.
    /// The reactor calls it every few seconds; cheap when there is nothing to drop.
    void drop_unused(base::UnixNs age_ns);

    /// Drops entries that no response uses, those that were unused for longest first, until `bytes` are free or many
    /// were looked at. Returns how many bytes became free.
    std::size_t shrink(std::size_t bytes);

    /// From here on everything is opened anew and follows `rules`; responses keep what they have.
    void replace_rules(RepresentationRules rules);

    [[nodiscard]] const CacheCounters& counters() const { return counters_; }
    /// Shows them as `cache_...` from here on, as long as the cache lives.
    void register_counters(base::Counters& counters);

private:
    struct Entry {
        std::shared_ptr<Representation> representation;
        storage::PathWatch watch;
        std::uint64_t checked_at = 0;  ///< arrivals up to here are answered without a look
        std::uint64_t epoch = 0;       ///< of the last check
        base::UnixNs used_at = 0;
        std::size_t bytes = 0;  ///< counted for it
        std::size_t descriptors = 0;
    };
    using Entries = std::list<Entry>;  ///< the latest used first
    class Keeper;

    [[nodiscard]] bool still_holds(Entry& entry);
    std::expected<std::shared_ptr<const Representation>, FindError> open(std::string_view path);
    void insert(Opened opened);
    void erase(Entries::iterator entry);
    /// Counts the entry's bytes and descriptors as they are now.
    void count(Entry& entry);
    /// What is held has changed.
    void update_charge() { charge_.set(counters_.bytes + collecting_bytes_); }
    /// Evicts from the least used on until the bounds hold.
    void make_room(std::size_t max_bytes, std::size_t max_descriptors);
    /// The representation has grown: counts its entry again, if it is still there.
    void recount(const Representation& representation);
    /// A coded form is made: it is kept from here on, and counted if its entry is still there.
    void keep(Representation& representation, Coding coding, http::Blob bytes);

    const storage::FileRoot& root_;
    const base::Clock& clock_;
    const base::ArrivalClock& arrivals_;
    CacheLimits limits_;
    RepresentationBuilder builder_;
    Entries entries_;
    std::unordered_map<std::string_view, Entries::iterator> by_path_;  ///< keys are their paths
    std::uint64_t epoch_ = 1;
    [[nodiscard]] bool take_from_turn(std::uint64_t bytes);

    base::UnixNs turn_ = 0;             ///< the clock of the turn that compressed_ is of
    std::uint64_t compressed_ = 0;      ///< at once, in this turn
    std::size_t collecting_bytes_ = 0;  ///< coded forms that are being made
    CacheCounters counters_;
    base::MemoryCharge charge_;
    base::Counters::Registration counters_shown_;
};

}  // namespace files
