// The steps from a complete temporary file to an answer.
#include "storage/file_commit.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <utility>

#include "storage/write_error.h"

namespace storage {
namespace {

/// Times that another process may take the name, or remove the directory, between our look and our call.
constexpr int kTries = 8;
/// Numbers that a name is tried with: a look at each takes about a microsecond.
constexpr unsigned kMaxNumber = 999;

constexpr http::Refusal kNotDurable{http::Status::internal_server_error,
                                    "the file has its name, but the disk failed to make that durable."};

}  // namespace

void DiskOperations::sync_directories(DiskQueue& disk, const std::vector<base::SharedFd>& open, http::Wake wake) {
    for (const base::SharedFd& directory : open) operations_.push_back(disk.sync_all(directory, wake));
}

bool DiskOperations::done() const {
    return std::all_of(operations_.begin(), operations_.end(), [](const SyncTicket& each) { return each->done; });
}

int DiskOperations::error() const {
    for (const SyncTicket& each : operations_) {
        if (each->error != 0 && each->error != EINVAL) return each->error;
    }
    return 0;
}

std::optional<FileCommit::Result> FileCommit::advance(http::Wake wake) {
    while (true) {
        switch (step_) {
            case Step::checking:
                if (auto result = check(wake)) return result;
                break;
            case Step::syncing_data:
                if (!data_->done) return std::nullopt;
                if (data_->error != 0) return refuse(write_refusal(data_->error));
                step_ = Step::publishing;
                break;
            case Step::awaiting_name:
                if (!hold_name(wake)) return std::nullopt;
                step_ = Step::publishing;
                break;
            case Step::publishing:
                if (auto result = publish(wake)) return result;
                break;
            case Step::naming_aside:
                if (!aside_->done) return std::nullopt;
                if (auto result = end_naming(wake)) return result;
                break;
            case Step::syncing_directories:
                if (!directories_.done()) return std::nullopt;
                if (directories_.error() != 0) return refuse(kNotDurable);
                step_ = Step::done;
                break;
            case Step::done: return stored_;
        }
    }
}

std::optional<FileCommit::Result> FileCommit::refuse(const http::Refusal& refusal) {
    step_ = Step::done;
    name_.reset();
    return Result(std::unexpect, refusal);
}

/// What has the target's name. A file that evades others takes the next name that is free.
std::expected<std::optional<struct stat>, FileError> FileCommit::find_old() {
    auto old = sink_.place_.status();
    if (sink_.on_conflict_ != OnConflict::rename) return old;
    if (wanted_name_.empty()) wanted_name_ = sink_.place_.name();
    for (unsigned number = 1; old && *old && number <= kMaxNumber; ++number) {
        sink_.place_.set_name(numbered_name(wanted_name_, number));
        old = sink_.place_.status();
    }
    return old;
}

std::optional<http::Refusal> FileCommit::find_obstacle(const std::optional<struct stat>& old) const {
    if (old && sink_.on_conflict_ == OnConflict::rename) {
        return http::Refusal{http::Status::conflict, "there are too many files of that name already."};
    }
    if (old && sink_.on_conflict_ == OnConflict::refuse) return taken_name_refusal();
    if (old && S_ISDIR(old->st_mode)) return write_refusal(EISDIR);
    if (!sink_.conditions_.any()) return std::nullopt;
    const auto served = sink_.place_.served_status();
    if (!served) return write_refusal(served.error().number);
    if (sink_.conditions_.hold(*served, sink_.parts_->clock.unix_ns())) return std::nullopt;
    return condition_refusal();
}

std::optional<FileCommit::Result> FileCommit::check(http::Wake wake) {
    const auto old = find_old();
    if (!old) return refuse(write_refusal(old.error().number));
    if (const auto obstacle = find_obstacle(*old)) return refuse(*obstacle);
    if (*old && S_ISREG((*old)->st_mode)) resemble(sink_.file_.descriptor(), **old);
    // The kernel's stamps tick every few milliseconds. A time of our own, exact to the nanosecond, gives two versions
    // written within a tick two different tags.
    struct timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    const std::array<timespec, 2> times{timespec{0, UTIME_OMIT}, now};
    ::futimens(sink_.file_.descriptor(), times.data());
    if (sink_.parts_->durability == Durability::none) {
        naming_ = Naming::in_line;
        step_ = Step::publishing;
        return std::nullopt;
    }
    step_ = Step::syncing_data;
    data_ = sink_.parts_->disk.sync_data(sink_.file_.shared(), wake);
    return std::nullopt;
}

/// Of two uploads under the same condition one meets the other's file here: between the look at the target and the call
/// that replaces it nobody else of this process has the name. A file where there was none never replaces another.
std::optional<FileCommit::Result> FileCommit::publish(http::Wake wake) {
    int error = 0;
    for (int i = 0; i < kTries; ++i) {
        const auto old = find_old();
        if (!old) return refuse(write_refusal(old.error().number));
        if (const auto obstacle = find_obstacle(*old)) return refuse(*obstacle);
        if (*old && !name_ && !hold_name(wake)) {
            step_ = Step::awaiting_name;
            return std::nullopt;
        }
        if (*old && S_ISREG((*old)->st_mode)) resemble(sink_.file_.descriptor(), **old);
        if (begin_naming(*old, wake)) return std::nullopt;
        const auto published = publish_once(*old);
        error = published ? 0 : published.error().number;
        if (error == ENOENT) {
            // A directory above the target was removed: resolve the path again. The file comes along.
            auto place = WritePlace::find(sink_.parts_->root, sink_.parts_->new_directories, sink_.place_.path());
            if (!place) return refuse(write_refusal(place.error().number));
            name_.reset();
            left_places_.push_back(std::exchange(sink_.place_, std::move(*place)));
        } else if (error != EEXIST) {
            break;
        }
    }
    if (error != 0) return refuse(write_refusal(error == EEXIST ? EAGAIN : error));
    if (auto result = take_name()) return result;
    sync_directories(wake);
    return std::nullopt;
}

/// False when another write has the name: this waits in line then.
bool FileCommit::hold_name(http::Wake wake) {
    const WritePlace& place = sink_.place_;
    name_ = sink_.parts_->names.take(place.directory(), place.name(), sink_.parts_->disk, wake);
    return name_.has_value();
}

/// False when it has to be done in line.
bool FileCommit::begin_naming(const std::optional<struct stat>& old, http::Wake wake) {
    if (naming_ == Naming::in_line || sink_.place_.has_missing_parents()) return false;
    naming_ = Naming::in_line;  // the next time: whatever comes in between is easier told apart there
    const auto target = old ? TemporaryFile::Target::is_replaced : TemporaryFile::Target::is_free;
    auto calls = sink_.file_.plan_naming(sink_.place_.directory(), sink_.place_.name(), target);
    if (!calls) return false;
    aside_ = std::make_shared<NamingOperation>();
    aside_->calls = std::move(*calls);
    aside_->directories = sink_.place_.changed_directories();
    aside_->held = aside_->directories;
    aside_->held.push_back(sink_.file_.shared());
    if (sink_.waited_in_ != nullptr) aside_->held.push_back(sink_.waited_in_);
    for (const WritePlace& left : left_places_) {
        for (base::SharedFd& directory : left.changed_directories()) aside_->held.push_back(std::move(directory));
    }
    if (!sink_.parts_->disk.name_later(aside_, wake)) return false;
    stored_.how = old ? Stored::How::replaced : Stored::How::created;
    if (old) replaced_ = hold_content(sink_.place_.directory(), sink_.place_.name());
    step_ = Step::naming_aside;
    return true;
}

std::optional<FileCommit::Result> FileCommit::end_naming(http::Wake wake) {
    sink_.file_.take_naming(*aside_);
    if (!aside_->is_named()) {
        step_ = Step::publishing;
        return std::nullopt;
    }
    if (auto result = take_name()) return result;
    switch (aside_->error) {
        case 0: step_ = Step::done; break;
        case EAGAIN:
        case EINVAL: sync_directories(wake); break;
        default: return refuse(kNotDurable);
    }
    return std::nullopt;
}

/// The file has its name.
std::optional<FileCommit::Result> FileCommit::take_name() {
    name_.reset();
    sink_.place_.keep();
    if (sink_.parts_->changes != nullptr) sink_.parts_->changes->path_changed(sink_.place_.path());
    sink_.parts_->disk.close_later(std::move(replaced_));
    if (::fstat(sink_.file_.descriptor(), &stored_.status) != 0) return refuse(write_refusal(errno));
    return std::nullopt;
}

void FileCommit::sync_directories(http::Wake wake) {
    step_ = Step::done;
    if (sink_.parts_->durability == Durability::none) return;
    step_ = Step::syncing_directories;
    directories_.sync_directories(sink_.parts_->disk, sink_.place_.changed_directories(), wake);
}

std::expected<void, FileError> FileCommit::publish_once(const std::optional<struct stat>& old) {
    if (auto made = sink_.place_.make_parents(); !made) return made;
    const int directory = sink_.place_.directory();
    const std::string& name = sink_.place_.name();
    stored_.how = old ? Stored::How::replaced : Stored::How::created;
    if (!old) return sink_.file_.publish_new(directory, name);
    replaced_ = hold_content(directory, name);
    return sink_.file_.publish_over(directory, name);
}

}  // namespace storage
