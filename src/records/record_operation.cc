// The steps of each operation.
#include "records/record_operation.h"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <utility>

#include "base/file_io.h"
#include "http/conditional.h"
#include "storage/validators.h"
#include "storage/write_error.h"

namespace records {
namespace {

using http::Status;

/// Times that somebody else changes the file while one operation is at work on it.
constexpr int kTries = 8;
constexpr mode_t kNewFileMode = 0666;  // without the process's umask
/// How long a rewrite waits for a file that somebody else writes all the time.
constexpr base::MonotonicMs kMaxUnsettledMs = 2000;
/// One read and one write while copying.
constexpr std::size_t kCopyBytes = std::size_t{64} * 1024;

std::unexpected<http::Refusal> refuse(Status status, std::string_view reason) {
    return std::unexpected(http::Refusal{status, reason});
}

std::unexpected<http::Refusal> refuse(int error) { return std::unexpected(storage::write_refusal(error)); }

/// A time exact to the nanosecond: it tells our versions from those of others, whose times tick in milliseconds.
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
        tags.push_back(with_tag_suffix(storage::make_entity_tag(status, false), suffix));
    }
    return tags;
}

std::vector<std::string> record_tags(std::string_view line) {
    std::vector<std::string> tags;
    tags.reserve(std::size(kRecordSuffixes));
    for (const std::string_view suffix : kRecordSuffixes) tags.push_back(make_record_tag(line, suffix));
    return tags;
}

/// A write of this much, from a multiple of it on, happens as a whole or not at all when its process is killed.
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
      step_(kind == Kind::read ? Step::finding : Step::waiting) {
    if (kind != Kind::read) file_.join(*this);
}

RecordOperation::~RecordOperation() {
    if (kind_ != Kind::read && step_ != Step::done) file_.leave(*this);
}

std::optional<RecordOperation::Outcome> RecordOperation::advance(http::Wake wake) {
    wake_ = wake;
    auto outcome = go(wake);
    if (!outcome) return std::nullopt;
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
                checked = copy_slice();
                if (!checked) break;
                if (copied_ < static_cast<std::uint64_t>(base_status_.st_size)) {
                    file_.parts_.disk.wake_later(wake);
                    return std::nullopt;
                }
                checked = finish_copy(wake);
                break;
            case Step::syncing:
                if (!sync_->done) return std::nullopt;
                if (sync_->error != 0) {
                    checked = refuse(sync_->error);
                } else if (temporary_) {
                    step_ = Step::publishing;
                } else if (target_ == Target::created) {
                    directory_.sync_directories(file_.parts_.disk, place_->changed_directories(), wake);
                    step_ = Step::syncing_directory;
                } else {
                    step_ = Step::done;
                }
                break;
            case Step::publishing: checked = publish(wake); break;
            case Step::syncing_directory:
                if (!directory_.done()) return std::nullopt;
                if (directory_.error() != 0) checked = refuse(directory_.error());
                step_ = Step::done;
                break;
            case Step::done: return Outcome(Result{std::move(id_), std::move(line_)});
        }
    }
    return Outcome(std::unexpect, checked.error());
}

/// Brings the index up to date; then the operation does what needs it, at once, so that nothing changes between.
std::optional<RecordOperation::Outcome> RecordOperation::find(http::Wake wake) {
    const auto progress = file_.refresh();
    if (!progress) return Outcome(std::unexpect, progress.error());
    if (*progress == RecordFile::Progress::more) {
        file_.parts_.disk.wake_later(wake);
        return std::nullopt;
    }
    if (kind_ == Kind::read) return read();
    const Checked begun = kind_ == Kind::append ? begin_append(wake) : begin_rewrite();
    if (!begun) return Outcome(std::unexpect, begun.error());
    if (step_ == Step::finding) file_.parts_.disk.wake_later(wake);
    return std::nullopt;
}

RecordOperation::Outcome RecordOperation::read() {
    auto found = file_.find(id_);
    if (!found) return refuse(Status::not_found, "there is no record with this id.");
    return Result{std::move(id_), std::move(found->line)};
}

/// Of a thing that has several forms: If-Match must name one of their tags, If-None-Match none of them.
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
    struct statvfs system{};
    if (file_.parts_.min_free_bytes == 0 || ::fstatvfs(place_->directory(), &system) != 0) return {};
    const std::uint64_t available = static_cast<std::uint64_t>(system.f_bavail) * system.f_frsize;
    if (system.f_blocks == 0 || available >= file_.parts_.min_free_bytes + more) return {};
    return refuse(Status::insufficient_storage, "this would leave less free space than the server keeps (--min-free).");
}

RecordOperation::Checked RecordOperation::begin_append(http::Wake wake) {
    if (id_.empty()) {
        auto next = file_.next_id();
        if (!next) return refuse(Status::unprocessable_content, "the numbers are used up; send an id.");
        id_ = std::move(*next);
    } else if (file_.find(id_)) {
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
    if (const Checked opened = open_for_append(); !opened) return opened;
    if (!append_) return begin_again();
    if (const Checked written = write_line(); !written) return written;
    file_.start(*this);
    step_ = Step::done;
    if (file_.parts_.durability == storage::Durability::none) return {};
    step_ = Step::syncing;
    sync_ = file_.parts_.disk.sync_data(append_, wake);
    return {};
}

/// append_ is the version that the index speaks of; none when somebody changed the file at this moment.
RecordOperation::Checked RecordOperation::open_for_append() {
    auto place = storage::WritePlace::find(file_.parts_.root, file_.parts_.new_directories, file_.path_);
    if (!place) return refuse(place.error().number);
    place_ = std::move(*place);
    if (const Checked space = check_space(line_.size()); !space) return space;
    if (const auto made = place_->make_parents(); !made) return refuse(made.error().number);
    target_ = file_.version_ == nullptr ? Target::created : Target::present;
    const int create = target_ == Target::created ? O_CREAT | O_EXCL : 0;
    base::Fd opened(::openat(place_->directory(), place_->name().c_str(),
                             O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | create,
                             kNewFileMode));
    if (!opened) return errno == EEXIST || errno == ENOENT ? Checked() : refuse(errno);
    append_ = base::share(std::move(opened));
    if (target_ == Target::created) {
        place_->keep();
        return {};
    }
    struct stat status{};
    if (::fstat(append_->get(), &status) != 0) return refuse(errno);
    if (!storage::is_same_version(status, file_.version_->status)) append_.reset();
    return {};
}

/// The line is there whole, or not at all: one write within a page of the file. A kill can cut a write between two pages,
/// so a line in more than one begins as a comment, and one more byte makes it a record.
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
    if (!is_whole || (is_in_pages && !base::overwrite_first(append_->get(), text.size() - begin, line_.front()))) {
        // A part of it came in: it goes again, unless somebody wrote behind it.
        const bool ours = written > 0 && ::fstat(append_->get(), &status) == 0 &&
                          static_cast<std::uint64_t>(status.st_size) == size + static_cast<std::uint64_t>(written);
        if (ours && ::ftruncate(append_->get(), static_cast<off_t>(size)) != 0) return refuse(errno);
        return refuse(error);
    }
    stamp(append_->get());
    if (::fstat(append_->get(), &status) != 0) return refuse(errno);
    file_.take_appended(id_, size + (complete_last ? 1 : 0), static_cast<std::uint32_t>(line_.size()), status);
    return {};
}

RecordOperation::Checked RecordOperation::begin_again() {
    temporary_.reset();
    append_.reset();
    base_bytes_ = nullptr;
    step_ = Step::finding;
    if (++tries_ < kTries) return {};
    return refuse(Status::service_unavailable, "another program keeps changing the file; try again.");
}

/// Somebody changed the file some milliseconds ago: until the clock that stamps files has ticked, another change could
/// not be told from that one, and would be lost.
RecordOperation::Checked RecordOperation::wait_until_settled() {
    const base::MonotonicMs now = file_.parts_.clock.now_ms();
    if (!unsettled_since_) unsettled_since_ = now;
    if (now - *unsettled_since_ < kMaxUnsettledMs) return {};
    return refuse(Status::service_unavailable, "another program keeps changing the file; try again.");
}

RecordOperation::Checked RecordOperation::begin_rewrite() {
    auto found = file_.find(id_);
    if (!found) return refuse(Status::not_found, "there is no record with this id.");
    if (const Checked conditions = check_conditions(record_tags(found->line)); !conditions) return conditions;
    if (!file_.settled_) return wait_until_settled();
    const bool removes = kind_ == Kind::remove;
    base_bytes_ = file_.bytes_;
    base_status_ = file_.version_->status;
    old_ = found->place;
    line_ = removes ? std::move(found->line) : encode_record(id_, record_);
    copied_ = written_ = 0;
    const auto size = static_cast<std::uint64_t>(base_status_.st_size);
    if (!removes && line_.size() > file_.limits_.max_line_bytes) {
        return refuse(Status::unprocessable_content, "the record is longer than one may be.");
    }
    if (!removes && size - old_.length + line_.size() + 1 > file_.limits_.max_file_bytes) {
        return refuse(Status::insufficient_storage, "the file of records is as large as it may be.");
    }
    auto place = storage::WritePlace::find(file_.parts_.root, file_.parts_.new_directories, file_.path_);
    if (!place) return refuse(place.error().number);
    place_ = std::move(*place);
    const auto named = place_->status();
    if (!named) return refuse(named.error().number);
    // A link would be replaced by the new file, and what it names would stay as it is.
    if (*named && S_ISLNK((*named)->st_mode)) return refuse(ELOOP);
    if (const Checked space = check_space(size); !space) return space;
    auto temporary = storage::TemporaryFile::create(place_->directory());
    if (!temporary) return refuse(temporary.error().number);
    temporary_ = std::move(*temporary);
    if (file_.rewriting_ != this) file_.start(*this);
    step_ = Step::copying;
    return {};
}

RecordOperation::Checked RecordOperation::copy_slice() {
    std::uint64_t budget = kRecordSliceBytes;
    const auto size = static_cast<std::uint64_t>(base_status_.st_size);
    if (copied_ < old_.offset) {
        if (const Checked copied = copy_to(old_.offset, budget); !copied) return copied;
    }
    if (copied_ == old_.offset) {
        if (kind_ == Kind::replace) {
            const Checked written = write_all(line_ + "\n");
            if (!written) return written;
        }
        copied_ = std::min(size, old_.offset + old_.length + 1);
    }
    return copied_ > old_.offset ? copy_to(size, budget) : Checked();
}

RecordOperation::Checked RecordOperation::copy_to(std::uint64_t end, std::uint64_t& budget) {
    std::array<char, kCopyBytes> block;
    while (copied_ < end && budget > 0) {
        const auto count = static_cast<std::size_t>(std::min({end - copied_, budget, std::uint64_t{block.size()}}));
        const auto room = std::as_writable_bytes(std::span(block)).first(count);
        // Shorter than it was: somebody changed it, which the look before the name would find as well.
        if (base::read_at(base_bytes_->descriptor(), copied_, room) != count) {
            return refuse(Status::service_unavailable, "another program changed the file at the same time; try again.");
        }
        if (const Checked written = write_all({block.data(), count}); !written) return written;
        copied_ += count;
        budget -= count;
    }
    return {};
}

RecordOperation::Checked RecordOperation::write_all(std::string_view text) {
    const int error = base::write_at(temporary_->descriptor(), written_, std::as_bytes(std::span(text)));
    return error == 0 ? Checked() : refuse(error);
}

RecordOperation::Checked RecordOperation::finish_copy(http::Wake wake) {
    const int file = temporary_->descriptor();
    // Whoever edits the file keeps it, where the server's process has the right to give it.
    storage::resemble(file, base_status_);
    stamp(file);
    step_ = Step::publishing;
    if (file_.parts_.durability == storage::Durability::none) return {};
    step_ = Step::syncing;
    sync_ = file_.parts_.disk.sync_data(temporary_->shared(), wake);
    return {};
}

/// Between the look and the new name nothing else of this process runs.
RecordOperation::Checked RecordOperation::publish(http::Wake wake) {
    const auto named = file_.parts_.root.stat(file_.path_);
    if (!named || !storage::is_same_version(*named, base_status_)) return begin_again();
    if (const auto published = temporary_->publish_over(place_->directory(), place_->name()); !published) {
        return refuse(published.error().number);
    }
    RecordFile::Rewritten rewritten{.id = id_,
                                    .old = old_,
                                    .old_size = static_cast<std::uint64_t>(base_status_.st_size),
                                    .length = std::nullopt,
                                    .status = {}};
    if (kind_ == Kind::replace) rewritten.length = static_cast<std::uint32_t>(line_.size());
    if (::fstat(temporary_->descriptor(), &rewritten.status) != 0) return refuse(errno);
    file_.take_rewritten(rewritten);
    step_ = Step::done;
    if (file_.parts_.durability == storage::Durability::none) return {};
    step_ = Step::syncing_directory;
    directory_.sync_directories(file_.parts_.disk, place_->changed_directories(), wake);
    return {};
}

}  // namespace records
