// The resumable uploads of one root: which exist, how many bytes arrived, which request may write, and when they
// expire. What is in memory is small and bounded; the rest is in each one's state file (upload_state.h). Everything
// survives a kill of the process; after a power loss an upload resumes after its last synced byte. Called by
// resumable_uploads, append_sink and resumption_answers.
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
#include <unordered_set>
#include <vector>

#include "base/counters.h"
#include "base/fd.h"
#include "storage/file_sink.h"
#include "uploads/unfinished_bytes.h"
#include "uploads/upload.h"
#include "uploads/upload_state.h"

namespace uploads {

class UploadSync;

struct UploadLimits {
    std::int64_t expiry_s = 86'400;  ///< counted from the last byte
    /// Uploads that wait: each is two directory entries, and some hundred bytes of memory.
    std::size_t max_pending = 10'000;
    /// Of these, those that one client began since the start: others have room left.
    std::size_t max_pending_per_client = 1'000;
    /// What the unfinished uploads of one client may hold, those that cannot be resumed among them; 0: no bound.
    std::uint64_t max_bytes_per_client = 0;
    /// How many complete uploads are remembered for clients that missed the response, and for how long.
    std::size_t max_complete = 1'000;
    std::int64_t keep_complete_s = 3'600;
    /// While bytes stream in they are synced this often, so that a power loss costs no more of a long upload.
    std::uint64_t sync_every_bytes = std::uint64_t{32} * 1024 * 1024;
};

class UploadStore {
public:
    using Upload = uploads::Upload;

    /// `parts` outlives this.
    UploadStore(const storage::WriteParts& parts, const UploadLimits& limits);
    ~UploadStore();
    UploadStore(const UploadStore&) = delete;
    UploadStore& operator=(const UploadStore&) = delete;

    /// Finds what an earlier process left; removes what is damaged or expired. Further calls do nothing. What cannot be
    /// read now is read when a client asks for it.
    void load();
    /// Another process still changes what is on the disk: load() only notes that it was called, until go_on() loads.
    void put_off_loading() { loading_ = Loading::put_off; }
    void go_on();
    /// For uploads that go on from here on, in seconds.
    void set_expiry(std::int64_t seconds) { limits_.expiry_s = seconds; }
    void set_max_per_client(std::size_t uploads) { limits_.max_pending_per_client = uploads; }
    /// The bytes of all unfinished uploads, also of those that have no entry here.
    [[nodiscard]] UnfinishedBytes& unfinished() { return unfinished_; }

    /// Makes an upload for `state.target`, whose directory or the nearest one above it holds the bytes. Fills in the
    /// rest of `state`. An errno; EBUSY: there are too many; EUSERS: `client` has too many, or more bytes in them than
    /// are left free.
    std::expected<Upload*, int> create(UploadState& state, const http::ClientKey& client,
                                       std::shared_ptr<const PartialFile>& bytes);
    /// By number and secret, as token() gave them; nullptr for every other text.
    Upload* find(std::string_view token);
    /// After find() found nothing: whether there may be such an upload whose state cannot be read now.
    [[nodiscard]] bool may_have(std::string_view token) const;
    Upload* find(std::uint64_t number);
    [[nodiscard]] static std::string token(const Upload& upload);

    [[nodiscard]] std::expected<UploadState, BytesError> read_state(const Upload& upload) const;
    /// Where its bytes are. The time for this does not depend on how many lines were added to the state.
    [[nodiscard]] std::expected<UploadPlace, BytesError> read_place(const Upload& upload) const;
    /// Opens the bytes of an open upload, and takes their true number for the offset.
    std::expected<std::shared_ptr<const PartialFile>, BytesError> open_bytes(Upload& upload) const;
    /// Called when open_bytes() found the bytes of an open upload gone. Either they have become the file and the upload
    /// is complete, or the upload is removed, or that cannot be told now and everything stays.
    enum class Settled : std::uint8_t { complete, removed, unknown };
    Settled settle_gone(Upload& upload);
    /// Adds a line to the state. Returns an errno, after which the state is as before, or 0. The file stays open in
    /// `state_file` when that is not null.
    int add_line(Upload& upload, std::string_view line, base::Fd* state_file = nullptr) const;

    /// True when enough lines were added to the state of `upload` that it should be written anew.
    [[nodiscard]] static bool has_long_state(const Upload& upload) { return upload.added_bytes > kMaxAddedBytes; }
    /// Writes the state with each line once, and with `synced` bytes at least, into a file beside it, which has to be
    /// synced before take_rewritten(). That file, or an errno.
    std::expected<base::Fd, int> rewrite_state(Upload& upload, std::uint64_t synced) const;
    /// The file of rewrite_state() takes the place of the state: only where no line was added meanwhile, and durable
    /// once the directory is synced. Returns an errno, after which that file is gone, or 0.
    int take_rewritten(std::uint64_t number) const;
    void drop_rewritten(std::uint64_t number) const;

    /// Notes the length of the whole, when it is not known yet. It counts only once it is noted.
    void note_length(Upload& upload, std::uint64_t length) const;
    /// Notes which file is about to get its name, and its length. Does nothing where `state` says so already, because
    /// an end was put off before. `file`: the bytes. Returns an errno, or 0.
    int note_publishing(Upload& upload, const UploadState& state, int file) const;
    /// Bytes have arrived: they count for the client, and the upload expires later.
    void prolong(Upload& upload) const;
    /// What is behind `offset` was removed.
    static void shorten(Upload& upload, std::uint64_t offset);
    /// 507 when `more` bytes are more than the client may have in unfinished uploads, or would leave less free space
    /// than is kept, or less than the client's other uploads hold. So a single upload may fill the disk down to what is
    /// kept free, and many abandoned ones may not. `file`: its bytes.
    [[nodiscard]] std::expected<void, http::Refusal> check_space(const Upload& upload, int file, std::uint64_t more);
    /// Moves it by an event that changes nothing on disk, and wakes what waits for it.
    void move(Upload& upload, UploadEvent event) const;
    /// The part behind `begin` could not be removed: it does not count, and is removed when the upload is used again.
    void put_off_taking_back(Upload& upload, std::uint64_t begin);
    /// The file has its name, and the bytes have lost theirs.
    void set_complete(Upload& upload);
    /// The directories in which remove() removes names: they have to be synced before a removal is promised.
    [[nodiscard]] std::vector<base::SharedFd> directories_of(const Upload& upload) const;
    /// Removes it, the bytes included. `why`: cancelled, expired or ruined. False when a fault of the machine forbids
    /// that now; the upload stays then. A ruined one is removed in any case.
    bool remove(Upload& upload, UploadEvent why);

    /// True when less than `limit` bytes were worked on in this turn of the loop; they are counted then. On false, call
    /// again in the next turn.
    bool take_from_turn(std::uint64_t bytes, std::uint64_t limit);

    /// Counts a request that goes on with an upload that has bytes already.
    void note_resumed() { ++resumed_; }

    /// Starts a sync of what has arrived, unless one is under way.
    void sync_in_background(std::uint64_t number, std::shared_ptr<const PartialFile> bytes);
    /// Notes which of these syncs are done.
    void collect_syncs();

    /// Removes some of what has expired.
    void tidy();
    /// When tidy() wants to be called again; nullopt: there is nothing.
    [[nodiscard]] std::optional<base::MonotonicMs> tidy_due() const;

    /// Shows how many there are from here on, as long as the store lives.
    void register_counters(base::Counters& counters);

    [[nodiscard]] const storage::WriteParts& parts() const { return parts_; }
    [[nodiscard]] const UploadLimits& limits() const { return limits_; }
    /// The directory of the states, ".godwit"; null when it does not exist.
    [[nodiscard]] const base::SharedFd& shared_directory() const { return directory_; }

private:
    enum class Missing : std::uint8_t { stays_missing, is_made };

    static constexpr unsigned kStateMode = 0600;  // because it holds a secret

    int open_directory(Missing missing);
    /// Opens the state file of `number`; `errno` is EBADF when there is no directory of states.
    [[nodiscard]] base::Fd open_state(std::uint64_t number, int flags) const;
    /// Returns an errno, or 0.
    [[nodiscard]] static int write_text(int file, std::string_view text);
    int shorten_state(Upload& upload) const;
    std::expected<UploadState, BytesError> read_state(std::uint64_t number, struct stat* status) const;
    std::expected<std::shared_ptr<const PartialFile>, BytesError> open_bytes(Upload& upload,
                                                                             const UploadPlace& place) const;
    void read_states();
    void load_one(std::uint64_t number);
    void look(Upload& upload);
    std::expected<bool, int> is_published(const UploadState& state) const;
    std::expected<void, BytesError> unlink_bytes(std::uint64_t number, const UploadPlace& place) const;
    void unlink_state(std::uint64_t number) const;
    /// It is complete or removed: it does not count as pending any more.
    void count_end(Upload& upload);
    void enter_complete(Upload& upload, std::int64_t ended_s);
    void forget_oldest_complete();

    const storage::WriteParts& parts_;
    UploadLimits limits_;
    enum class Loading : std::uint8_t { at_once, put_off, awaited };
    Loading loading_ = Loading::at_once;
    std::string boot_;
    base::SharedFd directory_;
    http::ClientShares pending_of_;
    UnfinishedBytes unfinished_;
    std::unordered_map<std::uint64_t, Upload> uploads_;  // which never moves its elements
    bool is_loaded_ = false;                             ///< the directory of the states was read to its end
    std::unordered_set<std::uint64_t> unread_;           ///< states that were there and could not be read
    std::uint64_t pending_ = 0;
    std::uint64_t over_share_ = 0;  ///< refused because their client has too many
    std::uint64_t resumed_ = 0;
    std::uint64_t completed_ = 0;  ///< since the start, as expired_
    std::uint64_t expired_ = 0;
    base::Counters::Registration counters_shown_;
    base::Counters::Registration unfinished_shown_;
    std::deque<std::uint64_t> complete_;  ///< in the order in which they ended; some may be gone
    std::list<UploadSync> background_;
    base::MonotonicMs tidied_ms_;
    std::int64_t turn_ns_ = 0;  ///< the clock of the turn that worked_ is of
    std::uint64_t worked_ = 0;
};

}  // namespace uploads
