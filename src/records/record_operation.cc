// The steps of each operation.
#include "records/record_operation.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <utility>

#include "base/file_io.h"
#include "http/conditional.h"
#include "storage/name_calls.h"
#include "storage/validators.h"
#include "storage/write_error.h"

namespace records {
namespace {

using http::Status;

/// How often another program may change the file during one operation.
constexpr int kTries = 8;
/// How long a rewrite waits for a file that another program writes all the time.
constexpr base::MonotonicMs kMaxUnsettledMs = 2000;
constexpr http::Refusal kNotDurable{Status::internal_server_error,
                                    "the change is in the file, but the disk failed to make that durable."};
constexpr std::string_view kCutLine = "a part of the record is in the file, and the disk failed to take it back.";

std::unexpected<http::Refusal> refuse(Status status, std::string_view reason) {
    return std::unexpected(http::Refusal{status, reason});
}

std::unexpected<http::Refusal> refuse(int error) { return std::unexpected(storage::write_refusal(error)); }

/// A time exact to the nanosecond tells this server's versions from those of other programs, whose times tick in
/// milliseconds.
void stamp(int file) {
    struct timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    const std::array<timespec, 2> times{timespec{0, UTIME_OMIT}, now};
    ::futimens(file, times.data());
}

/// The suffixes of the tags under which a file's and a record's forms are sent (records/records).
constexpr std::array<std::string_view, 4> kFileSuffixes = {"", "-json", "-csv", "-html"};
constexpr std::array<std::string_view, 3> kRecordSuffixes = {"", "-form", "-json"};

std::vector<std::string> file_tags(const struct stat& status) {
    std::vector<std::string> tags;
    tags.reserve(std::size(kFileSuffixes));
    for (const std::string_view suffix : kFileSuffixes) {
        tags.push_back(storage::with_tag_suffix(storage::make_entity_tag(status, false), suffix));
    }
    return tags;
}

std::vector<std::string> record_tags(std::string_view line) {
    std::vector<std::string> tags;
    tags.reserve(std::size(kRecordSuffixes));
    for (const std::string_view suffix : kRecordSuffixes) tags.push_back(make_record_tag(line, suffix));
    return tags;
}

/// A write of this size that begins at a multiple of it happens completely or not at all when the process is killed.
constexpr std::uint64_t kPageBytes = 4096;
constexpr char kCommentMark = '#';  // begins a line that is no record

}  // namespace

RecordOperation::RecordOperation(RecordFile& file, Kind kind, std::string id, Record record,
                                 const http::Request& request)
    : file_(file),
      kind_(kind),
      id_(std::move(id)),
      record_(std::move(record)),
      request_(request),
      step_(kind == Kind::read ? Step::finding : Step::waiting),
      publication_(file.parts_, storage::LockKeys::of(request)) {
    if (kind != Kind::read) file_.join(*this);
}

std::optional<RecordOperation::Outcome> RecordOperation::advance(http::Wake wake) {
    wake_ = wake;
    auto outcome = go(wake);
    if (!outcome) return std::nullopt;
    publication_.let_go();
    if (kind_ != Kind::read) file_.leave(*this);
    step_ = Step::done;
    return outcome;
}

std::optional<RecordOperation::Outcome> RecordOperation::go(http::Wake wake) {
    Checked checked;
    while (checked) {
        switch (step_) {
            case Step::waiting:
                if (!file_.may_start(*this)) return std::nullopt;
                step_ = Step::finding;
                break;
            case Step::finding: {
                auto outcome = find(wake);
                if (outcome || step_ == Step::finding) return outcome;
                break;
            }
            case Step::copying:
                checked = copy_->copy_slice();
                if (!checked) break;
                if (!copy_->is_whole()) {
                    file_.parts_.disk.wakes().wake(wake);
                    return std::nullopt;
                }
                checked = finish_copy(wake);
                break;
            case Step::syncing:
                if (!sync_->done) return std::nullopt;
                if (sync_->error == 0) {
                    step_ = copy_ ? Step::publishing : Step::syncing_directory;
                } else {
                    checked = copy_ ? refuse(sync_->error) : std::unexpected(kNotDurable);
                }
                break;
            case Step::publishing:
                checked = publish(wake);
                if (checked && step_ == Step::publishing) return std::nullopt;
                break;
            case Step::syncing_directory: {
                const auto error = publication_.durable();
                if (!error) return std::nullopt;
                if (*error != 0) checked = std::unexpected(kNotDurable);
                step_ = Step::done;
                break;
            }
            case Step::done: return Outcome(Result{std::move(id_), std::move(line_), std::move(old_tag_)});
        }
    }
    return Outcome(std::unexpect, checked.error());
}

/// Brings the index up to date and then does at once what needs it, so that nothing changes between. An append holds
/// the file's name meanwhile: otherwise an upload that replaces the file would lose the line.
std::optional<RecordOperation::Outcome> RecordOperation::find(http::Wake wake) {
    if (kind_ == Kind::append) {
        if (const Checked found = find_place(); !found) return Outcome(std::unexpect, found.error());
        if (!place_->has_missing_parents()) {
            const auto name = hold_name(wake);
            if (!name) return Outcome(std::unexpect, name.error());
            if (*name == nullptr) return std::nullopt;
        }
    }
    const auto progress = file_.refresh();
    if (!progress) return Outcome(std::unexpect, progress.error());
    if (*progress == RecordFile::Progress::more) {
        file_.parts_.disk.wakes().wake(wake);
        return std::nullopt;
    }
    if (kind_ == Kind::read) return read();
    const Checked begun = kind_ == Kind::append ? begin_append(wake) : begin_rewrite();
    if (!begun) return Outcome(std::unexpect, begun.error());
    if (step_ == Step::finding) file_.look_again(wake);
    return std::nullopt;
}

RecordOperation::Checked RecordOperation::find_place() {
    if (place_) return {};
    auto place = storage::WritePlace::find(file_.parts_.root, file_.parts_.new_directories, file_.path_);
    if (!place) return refuse(place.error().number);
    place_ = std::move(*place);
    return {};
}

RecordOperation::Outcome RecordOperation::read() {
    auto found = file_.find(id_);
    if (!found) return std::unexpected(found.error());
    if (!*found) return refuse(Status::not_found, "there is no record with this id.");
    return Result{std::move(id_), std::move((*found)->line), {}};
}

/// The conditions for a thing with several forms: If-Match must name one of their tags, If-None-Match none of them.
RecordOperation::Checked RecordOperation::check_conditions(const std::vector<std::string>& tags) const {
    if (!http::has_precondition(request_.fields)) return {};
    const auto holds = [&](std::string_view tag) {
        return http::evaluate_preconditions(request_.fields, request_.text, request_.method,
                                            {.etag = tag, .last_modified = {}, .exists = !tag.empty()},
                                            file_.parts_.clock.unix_seconds()) == http::Precondition::proceed;
    };
    const bool any = request_.fields.has(http::FieldName::if_match);
    const bool all_hold = tags.empty() ? holds({})
                          : any        ? std::ranges::any_of(tags, holds)
                                       : std::ranges::all_of(tags, holds);
    if (all_hold) return {};
    return refuse(Status::precondition_failed,
                  "it is not in the state that If-Match or If-None-Match asks for; nothing was changed.");
}

RecordOperation::Checked RecordOperation::check_space(std::uint64_t more) const {
    return storage::FileSink::check_space(place_->directory(), file_.parts_.min_free_bytes, more);
}

RecordOperation::Checked RecordOperation::begin_append(http::Wake wake) {
    if (id_.empty()) {
        auto next = file_.next_id();
        if (!next) return refuse(Status::unprocessable_content, "the numbers are used up; send an id.");
        id_ = std::move(*next);
    } else if (const auto found = file_.find(id_); !found || *found) {
        if (!found) return std::unexpected(found.error());
        return refuse(Status::conflict, "there is a record with this id already; PUT to its own path replaces it.");
    }
    const bool exists = file_.version_ != nullptr;
    const std::uint64_t size = exists ? static_cast<std::uint64_t>(file_.version_->status.st_size) : 0;
    const Checked conditions =
        check_conditions(exists ? file_tags(file_.version_->status) : std::vector<std::string>());
    if (!conditions) return conditions;
    line_ = encode_record(id_, record_);
    if (line_.size() > file_.limits_.max_line_bytes) {
        return refuse(Status::unprocessable_content, "the record is longer than one may be.");
    }
    if (size + line_.size() + 2 > file_.limits_.max_file_bytes || file_.index_.size() >= file_.limits_.max_records) {
        return refuse(Status::insufficient_storage, "the file of records is as large as it may be.");
    }
    if (const Checked opened = open_for_append(wake); !opened) return opened;
    if (!append_) return begin_again();
    if (Checked written = write_line(); !written) {
        const storage::HeldName* const name = hold_name(wake).value_or(nullptr);
        if (target_ == Target::created && name != nullptr) remove_empty(*name);
        return written;
    }
    file_.start(*this);
    step_ = Step::syncing_directory;
    if (file_.parts_.durability == storage::Durability::full) {
        step_ = Step::syncing;
        sync_ = file_.parts_.disk.sync_data(append_, wake);
    }
    if (target_ == Target::present) {
        publication_.settle_content(*place_);
    } else {
        place_->keep();
        publication_.settle(*place_, wake);
    }
    return {};
}

/// append_ is the version that the index describes; none when another program changed the file at this moment.
RecordOperation::Checked RecordOperation::open_for_append(http::Wake wake) {
    if (const Checked space = check_space(line_.size()); !space) return space;
    if (const auto made = place_->make_parents(); !made) return refuse(made.error().number);
    const auto name = hold_name(wake);
    if (!name || *name == nullptr) return name ? Checked() : Checked(std::unexpect, name.error());
    target_ = file_.version_ == nullptr ? Target::created : Target::present;
    constexpr int kFlags = O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    base::Fd opened = target_ == Target::created
                          ? storage::create_file(**name)
                          : base::Fd(::openat((*name)->directory(), (*name)->name().c_str(), kFlags));
    if (!opened) return errno == EEXIST || errno == ENOENT ? Checked() : refuse(errno);
    append_ = base::share(std::move(opened));
    if (target_ == Target::created) return {};
    struct stat status{};
    if (::fstat(append_->get(), &status) != 0) return refuse(errno);
    if (!storage::is_same_version(status, file_.version_->status)) append_.reset();
    return {};
}

/// Removes the file that was made for a line that could not be written.
void RecordOperation::remove_empty(const storage::HeldName& name) {
    struct stat status{};
    const bool is_empty = ::fstat(append_->get(), &status) == 0 && status.st_size == 0;
    if (is_empty) static_cast<void>(storage::remove_file(name));
}

/// The line must be there completely or not at all. One write within a page of the file is. A kill can cut a write
/// between two pages, so a line across pages begins as a comment, and one more written byte makes it a record.
RecordOperation::Checked RecordOperation::write_line() {
    const bool complete_last = !file_.ends_in_newline_;
    const std::uint64_t size =
        target_ == Target::created ? 0 : static_cast<std::uint64_t>(file_.version_->status.st_size);
    std::string text;
    text.reserve(line_.size() + 2);
    if (complete_last) text.push_back('\n');
    text.append(line_).push_back('\n');
    const std::size_t begin = complete_last ? 1 : 0;
    const bool is_in_pages = size / kPageBytes != (size + text.size() - 1) / kPageBytes;
    if (is_in_pages) text[begin] = kCommentMark;
    ssize_t written = -1;
    do {
        written = ::write(append_->get(), text.data(), text.size());
    } while (written < 0 && errno == EINTR);
    const int error = written < 0 ? errno : ENOSPC;
    struct stat status{};
    const bool is_whole = written == static_cast<ssize_t>(text.size());
    if (!is_whole) return take_back(size, written, error);
    if (is_in_pages) {
        const int failed = base::overwrite_first(append_->get(), text.size() - begin, line_.front());
        if (failed != 0) return take_back(size, written, failed);
    }
    stamp(append_->get());
    if (::fstat(append_->get(), &status) != 0) return std::unexpected(kNotDurable);
    file_.take_appended(id_, size + (complete_last ? 1 : 0), static_cast<std::uint32_t>(line_.size()), status);
    return {};
}

/// A part of the line was written: it is removed again, unless another program wrote behind it.
RecordOperation::Checked RecordOperation::take_back(std::uint64_t size, ssize_t written, int error) {
    if (written <= 0) return refuse(error);
    struct stat status{};
    const bool ours = ::fstat(append_->get(), &status) == 0 &&
                      static_cast<std::uint64_t>(status.st_size) == size + static_cast<std::uint64_t>(written);
    if (!ours || ::ftruncate(append_->get(), static_cast<off_t>(size)) != 0)
        return refuse(storage::write_refusal(error).status, kCutLine);
    return refuse(error);
}

RecordOperation::Checked RecordOperation::begin_again() {
    publication_.let_go();
    copy_.reset();
    append_.reset();
    place_.reset();
    step_ = Step::finding;
    if (++tries_ < kTries) return {};
    return refuse(Status::service_unavailable, "another program keeps changing the file; try again.");
}

/// Another program changed the file some milliseconds ago. Until the clock that stamps files has ticked, a further
/// change could not be noticed, and would be lost.
RecordOperation::Checked RecordOperation::wait_until_settled() {
    const base::MonotonicMs now = file_.parts_.clock.now_ms();
    if (!unsettled_since_) unsettled_since_ = now;
    if (now - *unsettled_since_ < kMaxUnsettledMs) return {};
    return refuse(Status::service_unavailable, "another program keeps changing the file; try again.");
}

RecordOperation::Checked RecordOperation::begin_rewrite() {
    auto looked = file_.find(id_);
    if (!looked) return std::unexpected(looked.error());
    if (!*looked) return refuse(Status::not_found, "there is no record with this id.");
    auto& found = *looked;
    if (const Checked conditions = check_conditions(record_tags(found->line)); !conditions) return conditions;
    if (!file_.settled_) return wait_until_settled();
    const bool removes = kind_ == Kind::remove;
    RecordCopy::Base base{file_.bytes_, file_.version_->status, found->place, std::nullopt};
    old_tag_ = make_record_tag(found->line, {});
    line_ = removes ? std::move(found->line) : encode_record(id_, record_);
    if (!removes) base.line = line_;
    const auto size = static_cast<std::uint64_t>(base.status.st_size);
    if (!removes && line_.size() > file_.limits_.max_line_bytes) {
        return refuse(Status::unprocessable_content, "the record is longer than one may be.");
    }
    if (!removes && size - base.old.length + line_.size() + 1 > file_.limits_.max_file_bytes) {
        return refuse(Status::insufficient_storage, "the file of records is as large as it may be.");
    }
    if (const Checked placed = find_place(); !placed) return placed;
    const auto named = place_->status();
    if (!named) return refuse(named.error().number);
    // The new file would replace the link, and the file that it leads to would stay unchanged.
    if (*named && S_ISLNK((*named)->st_mode)) return refuse(ELOOP);
    if (const Checked space = check_space(size); !space) return space;
    auto copy = RecordCopy::create(place_->directory(), std::move(base));
    if (!copy) return std::unexpected(copy.error());
    copy_.emplace(std::move(*copy));
    if (file_.rewriting_ != this) file_.start(*this);
    step_ = Step::copying;
    return {};
}

RecordOperation::Checked RecordOperation::finish_copy(http::Wake wake) {
    if (const Checked taken = copy_->take_after_base(); !taken) return taken;
    stamp(copy_->file().descriptor());
    step_ = Step::publishing;
    if (file_.parts_.durability == storage::Durability::none) return {};
    step_ = Step::syncing;
    sync_ = file_.parts_.disk.sync_data(copy_->file().shared(), wake);
    return {};
}

/// The name is held from the look at the file to the call that replaces it, so no other write of this process changes
/// the file between. nullopt while another write holds the name.
RecordOperation::Checked RecordOperation::publish(http::Wake wake) {
    const auto name = hold_name(wake);
    if (!name || *name == nullptr) return name ? Checked() : Checked(std::unexpect, name.error());
    const RecordCopy::Base& base = copy_->base();
    const auto named = file_.parts_.root.stat_inside(file_.path_);
    if (!named && named.error().number != ENOENT) return refuse(named.error().number);
    if (!named || !storage::is_same_version(*named, base.status)) return begin_again();
    if (const int error = publication_.replace(**name, copy_->file()); error != 0) return refuse(error);
    publication_.settle(*place_, wake);
    step_ = Step::syncing_directory;
    RecordFile::Rewritten rewritten{.id = id_,
                                    .old = base.old,
                                    .old_size = static_cast<std::uint64_t>(base.status.st_size),
                                    .length = std::nullopt,
                                    .status = {}};
    if (base.line) rewritten.length = static_cast<std::uint32_t>(base.line->size());
    if (::fstat(copy_->file().descriptor(), &rewritten.status) != 0) return std::unexpected(kNotDurable);
    file_.take_rewritten(rewritten);
    return {};
}

}  // namespace records
