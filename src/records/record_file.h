// A text file whose lines are records. Knows where each record stands, notices every change that another program makes
// to the file, and puts the operations that change it in order. Each operation is a RecordOperation; answers with all
// records are made from a snapshot. Called by records/records.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <deque>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/body.h"
#include "records/record_index.h"
#include "records/record_limits.h"
#include "records/record_line.h"
#include "records/record_reader.h"
#include "storage/file_sink.h"

namespace records {

class RecordOperation;

/// One version of the file. Lines that this process appends do not make a new version: what was read before stays true.
struct RecordVersion {
    struct stat status{};
};

/// The open file of a version.
class RecordBytes final : public http::BodyFile {
public:
    RecordBytes(base::Fd file, std::shared_ptr<const RecordVersion> version, const storage::WriteParts& parts)
        : file_(std::move(file)), version_(std::move(version)), parts_(parts) {}
    RecordBytes(const RecordBytes&) = delete;
    RecordBytes& operator=(const RecordBytes&) = delete;
    ~RecordBytes() override {
        if (version_->status.st_size > 0) parts_.disk.close_later(std::move(file_));
    }

    [[nodiscard]] int descriptor() const override { return file_.get(); }
    /// One fstat. Neither lines that this process appended nor the loss of the name to a later version are a change.
    [[nodiscard]] bool unchanged() const override;
    [[nodiscard]] bool at_rest() const override;

private:
    base::Fd file_;
    std::shared_ptr<const RecordVersion> version_;
    const storage::WriteParts& parts_;
};

/// The file as it was at one moment.
struct RecordSnapshot {
    std::shared_ptr<const RecordBytes> bytes;  ///< null when there is no file
    std::uint64_t length = 0;
    std::string entity_tag;          ///< of the text; empty when there is no file
    std::int64_t last_modified = 0;  ///< seconds since 1970
};

class RecordFile {
public:
    /// `path`: a decoded path below the root, not hidden. `parts` must outlive this, and this all its operations.
    RecordFile(const storage::WriteParts& parts, std::string path, const RecordLimits& limits);
    RecordFile(const RecordFile&) = delete;
    RecordFile& operator=(const RecordFile&) = delete;

    /// The file as it is now. 403 or 409 when it cannot be read or is no file.
    std::expected<RecordSnapshot, http::Refusal> snapshot();

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] const RecordLimits& limits() const { return limits_; }

private:
    friend class RecordOperation;

    /// How far the index of the open version is complete.
    enum class Index : std::uint8_t { missing, growing, complete };
    enum class Progress : std::uint8_t { ready, more };
    struct Found {
        std::string line;
        RecordPlace place;
    };

    /// Looks at the name, and opens the file when it is another version than before.
    std::expected<void, http::Refusal> look();
    std::expected<void, http::Refusal> give_up_special();
    std::expected<void, http::Refusal> open();
    void forget();
    /// Looks at the name, and reads one more slice for the index. `ready`: the index is complete and belongs to the
    /// current version.
    std::expected<Progress, http::Refusal> refresh();
    std::expected<Progress, http::Refusal> grow_index();
    void add_to_index(std::string_view line, std::uint64_t offset);
    /// 500: the disk failed; 503: the file became shorter.
    [[nodiscard]] std::expected<std::optional<Found>, http::Refusal> find(std::string_view id) const;
    /// The next number after the greatest one seen; nullopt when none is left.
    [[nodiscard]] std::optional<std::string> next_id() const;

    /// `text` was appended behind the known length; its line begins at `line_at` in it. `status` is the file's status
    /// now.
    void take_appended(std::string_view id, std::uint64_t offset, std::uint32_t length, const struct stat& status);
    struct Rewritten {
        std::string_view id;
        RecordPlace old;
        std::uint64_t old_size;
        std::optional<std::uint32_t> length;  ///< of the new line; nullopt: it is gone
        struct stat status;                   ///< of the new file
    };
    /// A copy that differs in one line has the name now.
    void take_rewritten(const Rewritten& rewritten);

    /// Changes start in the order in which they came. Appends go on while other appends wait for the disk; a rewrite
    /// waits for all changes before it, and all changes behind it wait.
    void join(RecordOperation& operation);
    [[nodiscard]] bool may_start(const RecordOperation& operation) const;
    void start(RecordOperation& operation);
    void leave(RecordOperation& operation);
    void wake_waiting();
    /// Lets `wake` come back in the next turn, or later when the file is too young for a rewrite.
    void look_again(http::Wake wake);

    const storage::WriteParts& parts_;
    std::string path_;
    RecordLimits limits_;

    std::shared_ptr<RecordVersion> version_;  ///< null: there is no file
    std::shared_ptr<const RecordBytes> bytes_;
    bool settled_ = false;  ///< the version's stamps tell it from any later one
    Index state_ = Index::missing;
    RecordIndex index_;
    RecordReader reader_;
    std::string storage_;          ///< reused for ids
    bool has_duplicates_ = false;  ///< an id stands on several lines; the first counts
    bool ends_in_newline_ = true;
    int restarts_ = 0;  ///< of the index, since it was last complete
    std::uint64_t greatest_number_ = 0;

    std::deque<RecordOperation*> waiting_;
    std::size_t appending_ = 0;
    RecordOperation* rewriting_ = nullptr;
};

}  // namespace records
