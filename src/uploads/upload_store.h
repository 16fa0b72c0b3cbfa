// The resumable uploads of one root: which there are, how far they came, who may write, and when they end. What is in
// memory is small and bounded; the rest is in each one's state file (upload_state.h). Everything survives a kill of the
// process; after a power loss an upload goes on from what was synced. Called by uploads/resumable_uploads.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <deque>
#include <expected>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/fd.h"
#include "storage/file_sink.h"
#include "uploads/upload_state.h"

namespace uploads {

/// The open file of an upload's bytes, and its directory.
struct PartialFile {
    base::Fd directory;
    base::Fd file;
};

class UploadSync;

struct UploadLimits {
    std::int64_t expiry_s = 86'400;  ///< from the last byte
    /// Uploads that wait: each is two directory entries, and some hundred bytes of memory.
    std::size_t max_pending = 10'000;
    /// Complete ones that are remembered for clients who missed the answer, and for how long.
    std::size_t max_complete = 1'000;
    std::int64_t keep_complete_s = 3'600;
    /// While bytes stream in they are synced this often, so that a power loss costs no more of a long upload.
    std::uint64_t sync_every_bytes = std::uint64_t{32} * 1024 * 1024;
};

class UploadStore {
public:
    enum class Phase : std::uint8_t {
        open,         ///< takes bytes
        taking_back,  ///< of a part with a wrong digest; takes bytes again when that is done
        publishing,   ///< has all of them; the commit is under way
        complete,     ///< is a file now
    };
    struct Upload {
        std::uint64_t number = 0;
        std::string secret;
        Phase phase = Phase::open;
        std::uint64_t offset = 0;
        std::uint64_t synced = 0;  ///< no more than the offset; certainly on disk, and its state says so
        std::optional<std::uint64_t> length;
        std::int64_t expires_s = 0;  ///< unix time
        /// Grows with every request to it: only the sink of the last one may write.
        std::uint64_t generation = 0;
        enum class Names : std::uint8_t { new_here, durable } names = Names::new_here;
        std::vector<http::Wake> waiting;  ///< for the end of what goes on
        /// Somebody works on it over several turns: nobody else may touch it.
        [[nodiscard]] bool is_busy() const { return phase == Phase::publishing || phase == Phase::taking_back; }
    };

    /// `parts` outlives this.
    UploadStore(const storage::WriteParts& parts, const UploadLimits& limits);
    ~UploadStore();
    UploadStore(const UploadStore&) = delete;
    UploadStore& operator=(const UploadStore&) = delete;

    /// Finds what an earlier process left; removes what is damaged or expired. Once, at the start.
    void load();

    /// Makes an upload for `state.target`, whose directory or the nearest one above it holds the bytes. Fills in the
    /// rest of `state`. nullptr: there are too many, or the file system does not let us.
    Upload* create(UploadState& state, std::shared_ptr<const PartialFile>& bytes);
    /// By number and secret, as token() gave them; nullptr for every other text.
    Upload* find(std::string_view token);
    Upload* find(std::uint64_t number);
    [[nodiscard]] static std::string token(const Upload& upload);

    /// An errno: the state is gone or damaged.
    [[nodiscard]] std::expected<UploadState, storage::FileError> read_state(const Upload& upload) const;
    /// Opens the bytes, and takes their true number for the offset. The error means that they are not what they were:
    /// the upload cannot go on.
    std::expected<std::shared_ptr<const PartialFile>, storage::FileError> open_bytes(Upload& upload);
    /// Adds a line to the state; false when that fails. The file stays open in `state_file` when that is not null.
    bool add_line(const Upload& upload, std::string_view line, base::Fd* state_file = nullptr) const;

    /// Bytes came in: the end is put off.
    void prolong(Upload& upload) const;
    /// The file has its name: the bytes' own name is gone already.
    void set_complete(Upload& upload);
    /// Whoever waited for the end of its commit is woken.
    void wake_waiting(Upload& upload);
    /// Removes it, the bytes included.
    void remove(Upload& upload);

    /// True when less than `limit` bytes were worked on in this turn of the loop; they are counted then. Who gets false
    /// comes again in the next one.
    bool take_from_turn(std::uint64_t bytes, std::uint64_t limit);

    /// Begins to sync what came in so far, unless that goes on already.
    void sync_in_background(Upload& upload, std::shared_ptr<const PartialFile> bytes);
    /// Notes which of these are done.
    void collect_syncs();

    /// Removes what has expired, some in each call.
    void tidy();
    /// When tidy() wants to be called again; nullopt: there is nothing.
    [[nodiscard]] std::optional<base::MonotonicMs> tidy_due() const;

    [[nodiscard]] const storage::WriteParts& parts() const { return parts_; }
    [[nodiscard]] const UploadLimits& limits() const { return limits_; }
    /// ".godwit"; -1 when it is not there.
    /// Of the states; -1 before there is one.
    [[nodiscard]] int directory() const { return directory_ == nullptr ? -1 : directory_->get(); }
    [[nodiscard]] const base::SharedFd& shared_directory() const { return directory_; }

private:
    enum class Missing : std::uint8_t { stays_missing, is_made };

    bool open_directory(Missing missing);
    std::optional<UploadState> read_state(std::uint64_t number, struct stat* status) const;
    void load_one(std::uint64_t number);
    bool find_offset(Upload& upload, const UploadState& state, std::int64_t& changed_s);
    bool is_published(const UploadState& state) const;
    void unlink(std::uint64_t number, const std::optional<UploadState>& state) const;
    void forget_oldest_complete();

    const storage::WriteParts& parts_;
    UploadLimits limits_;
    std::string boot_;
    base::SharedFd directory_;
    std::unordered_map<std::uint64_t, Upload> uploads_;  // which never moves its elements
    std::size_t pending_ = 0;
    std::deque<std::uint64_t> complete_;  ///< in the order of their end; some may be gone
    std::list<UploadSync> background_;
    base::MonotonicMs tidied_ms_;
    std::int64_t turn_ns_ = 0;  ///< the clock of the turn that worked_ is of
    std::uint64_t worked_ = 0;
};

}  // namespace uploads
