// Digests of what is served (RFC 9530), made when somebody asks: one slice in each turn of the loop whatever the number
// of files and clients, and kept with the representation, so that the next client has them at once.
// Called by files/download_digests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/wake_queue.h"
#include "files/representation.h"
#include "files/representation_cache.h"
#include "http/client_shares.h"
#include "http/digest_field.h"
#include "http/read_ahead.h"
#include "storage/digest.h"

namespace files {

/// Hashed in one step: a quarter of a millisecond where the processor has no instructions for it.
inline constexpr std::size_t kDigestSliceBytes = 64 * 1024;
/// A digest of so few bytes in memory is made where it is asked for.
inline constexpr std::size_t kDigestAtOnceBytes = 8 * 1024;
/// Longer files have no digest: a client would wait for its head for more than about a minute.
inline constexpr std::uint64_t kMaxDigestedBytes = std::uint64_t{16} << 30;
/// The most digests in the making. Further requests are answered without one.
inline constexpr std::size_t kMaxDigestJobs = 64;
/// Responses that wait for them. A client that closed its side cannot be told from one that still reads, so each keeps
/// its connection until the digest is made: a tenth of the connections at most, by default.
inline constexpr std::size_t kMaxDigestWaits = 1000;
/// Of these, those of one client, so that others have theirs made as well.
inline constexpr std::size_t kMaxDigestJobsPerClient = 16;
inline constexpr std::size_t kMaxDigestWaitsPerClient = 250;

class DigestQueue {
    struct Job;

public:
    /// The wait of one response for one digest. Destroying it leaves the queue; when the last wait of a digest leaves,
    /// the work ends.
    class Wait {
    public:
        Wait(DigestQueue& queue, std::shared_ptr<Job> job, const http::ClientKey& client);
        Wait(const Wait&) = delete;
        Wait& operator=(const Wait&) = delete;
        ~Wait();
        /// True when there is nothing left to wait for: the form has its digest, or will have none. Otherwise `wake`
        /// comes back; it must be the same in every call, and belong to this wait alone.
        bool advance(http::Wake wake);

    private:
        DigestQueue& queue_;
        std::shared_ptr<Job> job_;
        http::ClientShares::Share share_;
        std::optional<http::Wake> wake_;
    };

    /// Both must outlive this; this must outlive every Wait.
    DigestQueue(base::WakeQueue& wakes, RepresentationCache& cache) : wakes_(wakes), cache_(cache) {}

    /// Makes the digest of a form of `found`, which `coding` names, so that form().digest() has it. What is short and
    /// in memory is done at once. nullptr: it is there now, or there will be none: the file is too young for its
    /// changes to show, or too long, or too many are being made, or too many for `client`, or the build has no digests.
    [[nodiscard]] std::unique_ptr<Wait> make(const std::shared_ptr<const Representation>& found, Coding coding,
                                             http::DigestAlgorithm algorithm, const http::ClientKey& client = {});
    /// How often a client had too many; lives as long as this.
    [[nodiscard]] const std::uint64_t& over_share() const { return over_share_; }

private:
    enum class Progress : std::uint8_t { more, waiting, ended };
    /// One digest in the making, for everyone who waits for it.
    struct Job {
        std::shared_ptr<const Representation> found;
        Coding coding = Coding::identity;
        http::DigestAlgorithm algorithm = http::DigestAlgorithm::sha_256;
        std::unique_ptr<http::BodySource> maker;  ///< makes the coded form first
        std::unique_ptr<storage::Digester> digester;
        std::uint64_t offset = 0;
        std::vector<http::Wake> waiting;
        http::ClientShares::Share share;  ///< of the client that asked first, until it is made
        std::size_t waits = 0;            ///< all of them; `waiting` has those that were advanced
        http::ReadAhead ahead;
        std::optional<http::Wake> reader;  ///< comes back when `ahead` has more
        bool waits_for_disk = false;       ///< until one of `waiting` comes back, or leaves
        bool done = false;
    };

    [[nodiscard]] static bool is_possible(const Representation& found, Coding coding);
    bool is_admitted(const http::ClientShares& shares, const http::ClientKey& client, std::size_t most);
    bool advance(Job& job, http::Wake wake);
    void leave(Job& job, std::optional<http::Wake> wake);
    void work(http::Wake wake);
    void choose_driver();
    Progress work_on(Job& job, http::Wake reader);
    Progress make_form(Job& job);
    Progress hash(Job& job);
    Progress hash_file(Job& job, const http::FileSlice& part);
    void keep(Job& job);
    /// Wakes all waits except `present`, which is being advanced.
    void end(Job& job, http::Wake present);

    base::WakeQueue& wakes_;
    RepresentationCache& cache_;
    http::ClientShares jobs_of_;
    http::ClientShares waits_of_;
    std::uint64_t over_share_ = 0;
    std::size_t waits_ = 0;                  ///< of all jobs
    std::deque<std::shared_ptr<Job>> jobs_;  ///< each gets a slice in its turn
    std::optional<http::Wake> driver_;       ///< whose next advance does a slice
    std::vector<std::byte> buffer_;          ///< empty while there is no work
};

}  // namespace files
