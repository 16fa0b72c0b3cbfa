// One operation on a file of records, from its request to the disk: reading, appending, replacing or removing a record.
// A change of a line writes a copy of the whole file beside it, slice by slice, and gives it the name at the end, so
// that no reader ever finds half of a change. Called by records/records.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/request.h"
#include "records/record_copy.h"
#include "records/record_file.h"
#include "storage/publication.h"

namespace records {

class RecordOperation {
public:
    enum class Kind : std::uint8_t { read, append, replace, remove };
    struct Result {
        std::string id;
        std::string line;     ///< as it is in the file (remove: as it was), without its newline
        std::string old_tag;  ///< of the line that was replaced or removed; empty otherwise
    };
    using Outcome = std::expected<Result, http::Refusal>;

    /// `id`: whose record; empty for an append that takes the next number. `record`: the other fields, checked by
    /// find_record_fault(). `request` has the preconditions, which a read ignores (412 when one fails). `request` and
    /// `file` must outlive this.
    RecordOperation(RecordFile& file, Kind kind, std::string id, Record record, const http::Request& request);
    RecordOperation(const RecordOperation&) = delete;
    RecordOperation& operator=(const RecordOperation&) = delete;
    /// Before the outcome this is the abort: the file stays as it was, except for a line that was appended already.
    ~RecordOperation() {
        if (kind_ != Kind::read && step_ != Step::done) file_.leave(*this);
    }

    /// Starts the work, or goes on after `wake`; nullopt while it waits. One call reads or writes kRecordSliceBytes at
    /// most. Not called again after an outcome.
    std::optional<Outcome> advance(http::Wake wake);

    [[nodiscard]] Kind kind() const { return kind_; }

private:
    friend class RecordFile;

    enum class Step : std::uint8_t {
        waiting,  ///< for the operations before it
        finding,  ///< the index is brought up to date, then the record is looked for
        copying,
        syncing,
        publishing,  ///< or waiting for the file's name
        syncing_directory,
        done,
    };
    using Checked = std::expected<void, http::Refusal>;

    /// The outcome, or nothing when the next step goes on or waits for the wake.
    std::optional<Outcome> go(http::Wake wake);
    std::optional<Outcome> find(http::Wake wake);
    Outcome read();
    Checked find_place();
    Checked begin_append(http::Wake wake);
    Checked open_for_append(http::Wake wake);
    Checked write_line();
    Checked take_back(std::uint64_t size, ssize_t written, int error);
    void remove_empty(const storage::HeldName& name);
    Checked begin_rewrite();
    Checked wait_until_settled();
    Checked finish_copy(http::Wake wake);
    Checked publish(http::Wake wake);
    Checked begin_again();
    Checked check_conditions(const std::vector<std::string>& tags) const;
    Checked check_space(std::uint64_t more) const;
    /// The name of the file, unless somebody locked it.
    [[nodiscard]] std::expected<const storage::HeldName*, http::Refusal> hold_name(http::Wake wake) {
        const auto touched = file_.version_ == nullptr ? storage::Touched::name : storage::Touched::content;
        return publication_.hold(*place_, touched, wake);
    }

    RecordFile& file_;
    Kind kind_;
    std::string id_;
    Record record_;
    const http::Request& request_;
    Step step_;
    http::Wake wake_ = 0;
    int tries_ = 0;
    std::optional<base::MonotonicMs> unsettled_since_;

    std::string line_;     ///< the result's
    std::string old_tag_;  ///< likewise
    std::optional<storage::WritePlace> place_;

    base::SharedFd append_;  ///< open until the line is durable
    enum class Target : std::uint8_t { present, created } target_ = Target::present;

    std::optional<RecordCopy> copy_;  // in the directory of place_

    storage::SyncTicket sync_;
    storage::Publication publication_;
};

}  // namespace records
