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

#include "storage/free_number.h"
#include "storage/property_text.h"
#include "storage/taken_name.h"
#include "storage/validators.h"
#include "storage/write_error.h"

namespace storage {
namespace {

/// Times that another process may take the name, or remove the directory, between our look and our call.
constexpr int kTries = 8;
/// The greatest number that a file whose name is taken gets.
constexpr unsigned kMaxNumber = 999;

constexpr http::Refusal kNotRead{http::Status::internal_server_error,
                                 "the file has its name, but the disk failed to tell its time and size."};
constexpr http::Refusal kNotDurable{http::Status::internal_server_error,
                                    "the file has its name, but the disk failed to make that durable."};
constexpr http::Refusal kNotKnown{http::Status::internal_server_error,
                                  "what waits for the disk died, so it is not known whether the file has its name."};

}  // namespace

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
            case Step::publishing: {
                auto result = publish(wake);
                if (result || step_ == Step::publishing) return result;
                break;
            }
            case Step::naming_in_background:
                switch (publication_.end_in_background(sink_.file_)) {
                    case Publication::Background::under_way: return std::nullopt;
                    case Publication::Background::not_named: step_ = Step::publishing; break;
                    case Publication::Background::unknown:
                        // Nothing that is kept of the old file may be shown if it is the new one.
                        publication_.settle(sink_.place_, wake);
                        sink_.place_.note_synced(false);
                        return refuse(kNotKnown);
                    case Publication::Background::named:
                        if (auto result = take_name(wake)) return result;
                        break;
                }
                break;
            case Step::syncing_directories: {
                const auto error = publication_.durable();
                if (!error) return std::nullopt;
                sink_.place_.note_synced(*error == 0);
                if (*error != 0) return refuse(kNotDurable);
                step_ = Step::done;
                break;
            }
            case Step::done:
                if (sink_.parts_->counts != nullptr) ++sink_.parts_->counts->files_committed;
                return stored_;
        }
    }
}

std::optional<FileCommit::Result> FileCommit::refuse(const http::Refusal& refusal) {
    step_ = Step::done;
    publication_.let_go();
    return Result(std::unexpect, refusal);
}

/// Looks at what has the target's name. With OnConflict::rename the file takes the next free name. Each look costs
/// about a microsecond, and a form may hold a thousand files of one name.
std::expected<std::optional<struct stat>, FileError> FileCommit::find_old() {
    auto old = sink_.place_.status();
    if (sink_.on_conflict_ != OnConflict::rename) return old;
    if (wanted_name_.empty()) wanted_name_ = sink_.place_.name();
    const auto is_taken = [&] { return old && (*old || find_file_beside(sink_.place_)); };
    if (!is_taken()) return old;
    const auto look_at = [&](unsigned number) {
        sink_.place_.set_name(numbered_name(wanted_name_, number));
        old = sink_.place_.status();
    };
    const auto spread = static_cast<unsigned>(sink_.parts_->clock.unix_ns() >> 10);
    const auto found = find_free_number(kMaxNumber, spread, [&](unsigned number) {
        look_at(number);
        return is_taken();
    });
    if (found) look_at(*found);
    return old;
}

std::optional<http::Refusal> FileCommit::find_obstacle(const std::optional<struct stat>& old) const {
    if (sink_.on_conflict_ == OnConflict::rename && (old || find_file_beside(sink_.place_))) {
        return http::Refusal{http::Status::conflict, "there are too many files of that name already."};
    }
    if (const auto taken = find_taken_name(sink_.place_, old, sink_.on_conflict_)) return taken;
    if (old && S_ISDIR(old->st_mode)) return write_refusal(EISDIR);
    if (!sink_.conditions_.any()) return std::nullopt;
    const auto served = sink_.place_.served_status();
    if (!served) return write_refusal(served.error().number);
    if (sink_.conditions_.hold(*served, *sink_.parts_)) return std::nullopt;
    return condition_refusal();
}

/// Returns an errno when a time that the client stated cannot be set, or 0. The kernel's stamps tick every few
/// milliseconds. A time of our own, exact to the nanosecond, gives two versions written within a tick two different
/// tags. A stated time has whole seconds, and gets the nanoseconds of the clock only where it takes the place of a
/// version so young that both could have the same tag. The time of a copy is kept to the nanosecond.
int FileCommit::set_time(const std::optional<struct stat>& old) {
    struct timespec modified{};
    ::clock_gettime(CLOCK_REALTIME, &modified);
    if (const auto& kept = sink_.kept_time_) {
        const bool has_fraction = kept->unit == KeptTime::Unit::nanosecond;
        const bool takes_fraction = !has_fraction && old && is_young(*old, sink_.parts_->clock.unix_ns());
        modified.tv_sec = kept->time.tv_sec;
        if (!takes_fraction) modified.tv_nsec = kept->time.tv_nsec;
    }
    const std::array<timespec, 2> times{timespec{0, UTIME_OMIT}, modified};
    const int error = ::futimens(sink_.file_.descriptor(), times.data()) == 0 ? 0 : errno;
    return sink_.kept_time_ ? error : 0;
}

/// A file that takes the place of another one belongs to the same owner.
void FileCommit::take_owner(const std::optional<struct stat>& old) const {
    if (old && S_ISREG(old->st_mode)) copy_owner_and_mode(sink_.file_.descriptor(), *old);
}

/// A file that takes the place of another one keeps its properties. True when it was changed for that. Only while the
/// name is held, so that no PROPPATCH comes between.
std::expected<bool, http::Refusal> FileCommit::take_properties(const std::optional<struct stat>& old) {
    publication_.hold_replaced({});
    if (!old || !S_ISREG(old->st_mode)) return false;
    base::Fd file(::openat(sink_.place_.directory(), sink_.place_.name().c_str(),
                           O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!file) {
        // Another process took it away; or this one may not read it, and never showed properties of it.
        const FileError error{errno};
        if (error.is_absence() || error.number == EACCES || error.number == EPERM || error.number == ELOOP)
            return false;
        return std::unexpected(write_refusal(error.number));
    }
    std::expected<bool, int> changed = false;
    if (sink_.properties_ == FileSink::Properties::of_replaced)
        changed = keep_property_text(file.get(), sink_.file_.descriptor());
    if (!changed) return std::unexpected(write_refusal(changed.error()));
    if (old->st_size > 0) publication_.hold_replaced(std::move(file));
    return *changed;
}

void FileCommit::sync(bool with_metadata, http::Wake wake) {
    DiskQueue& disk = sink_.parts_->disk;
    data_ = with_metadata ? disk.sync_all(sink_.file_.shared(), wake) : disk.sync_data(sink_.file_.shared(), wake);
    step_ = Step::syncing_data;
}

std::optional<FileCommit::Result> FileCommit::check(http::Wake wake) {
    if (sink_.place_.is_left_behind()) {
        if (const auto refusal = find_place_again()) return refuse(*refusal);
    }
    if (sink_.parts_->durability == Durability::none) {
        // Nothing is waited for before the next step, which looks at all of it.
        naming_ = Naming::synchronous;
        step_ = Step::publishing;
        return std::nullopt;
    }
    const auto old = find_old();
    if (!old) return refuse(write_refusal(old.error().number));
    if (const auto obstacle = find_obstacle(*old)) return refuse(*obstacle);
    take_owner(*old);
    if (const int error = set_time(*old); error != 0) return refuse(write_refusal(error));
    // fdatasync may leave the time behind.
    sync(sink_.kept_time_.has_value(), wake);
    return std::nullopt;
}

/// When two uploads have the same condition, one of them finds the other's file here: no other write of this process
/// changes the target between this look and the call that gives the name. nullopt: this waits for the name, or the next
/// step follows.
std::optional<FileCommit::Result> FileCommit::publish(http::Wake wake) {
    int error = 0;
    for (int i = 0; i < kTries; ++i) {
        if (sink_.place_.is_left_behind()) {
            if (const auto refusal = find_place_again()) return refuse(*refusal);
        }
        // The look comes first, because it may choose another name; the name is taken within the same turn of the loop.
        const auto old = find_old();
        if (!old) return refuse(write_refusal(old.error().number));
        if (const auto obstacle = find_obstacle(*old)) return refuse(*obstacle);
        if (sink_.place_.has_missing_parents()) naming_ = Naming::synchronous;
        const auto made = sink_.place_.make_parents();
        const auto touched = *old ? Touched::content : Touched::name;
        std::expected<const HeldName*, http::Refusal> name = nullptr;
        if (made) name = publication_.hold(sink_.place_, touched, wake);
        if (!name) return refuse(name.error());
        if (made && *name == nullptr) return std::nullopt;
        take_owner(*old);
        const bool is_durable = sink_.parts_->durability != Durability::none;
        const int untimed = is_durable ? 0 : set_time(*old);
        if (untimed != 0) return refuse(write_refusal(untimed));
        const auto changed = take_properties(*old);
        if (!changed) return refuse(changed.error());
        if (*changed && is_durable) {
            sync(true, wake);
            return std::nullopt;
        }
        if (made && begin_naming(**name, *old, wake)) return std::nullopt;
        error = made ? publish_once(**name, *old) : made.error().number;
        if (error == 0) return take_name(wake);
        if (error != ENOENT && error != EEXIST) break;
        if (error == ENOENT) {
            if (const auto refusal = find_place_again()) return refuse(*refusal);
        }
    }
    return refuse(naming_refusal(error == EEXIST ? EAGAIN : error));
}

/// A directory above the target was moved or removed: the path is resolved again. The file comes along.
std::optional<http::Refusal> FileCommit::find_place_again() {
    auto place = WritePlace::find(sink_.parts_->root, sink_.parts_->new_directories, sink_.place_.path());
    if (!place) return write_refusal(place.error().number);
    publication_.let_go();
    left_places_.push_back(std::exchange(sink_.place_, std::move(*place)));
    return std::nullopt;
}

/// Besides the target's own, those that the file may have its temporary name in.
std::vector<base::SharedFd> FileCommit::other_directories() const {
    std::vector<base::SharedFd> open;
    if (sink_.waited_in_ != nullptr) open.push_back(sink_.waited_in_);
    for (const WritePlace& left : left_places_) {
        for (base::SharedFd& directory : left.changed_directories()) open.push_back(std::move(directory));
    }
    return open;
}

/// False when it has to be done synchronously.
bool FileCommit::begin_naming(const HeldName& name, const std::optional<struct stat>& old, http::Wake wake) {
    if (naming_ == Naming::synchronous) return false;
    naming_ = Naming::synchronous;  // on the next attempt, which looks at everything again
    const auto target = old ? TemporaryFile::Target::is_replaced : TemporaryFile::Target::is_free;
    if (!publication_.begin_in_background(name, sink_.file_, target, sink_.place_, other_directories(), wake))
        return false;
    note_old(old);
    step_ = Step::naming_in_background;
    return true;
}

void FileCommit::note_old(const std::optional<struct stat>& old) {
    stored_.how = old ? Stored::How::replaced : Stored::How::created;
    old_tag_ = old && S_ISREG(old->st_mode) ? make_entity_tag(*old, false) : std::string();
}

int FileCommit::publish_once(const HeldName& name, const std::optional<struct stat>& old) {
    note_old(old);
    return old ? publication_.replace(name, sink_.file_) : Publication::create(name, sink_.file_);
}

/// The file has its name.
std::optional<FileCommit::Result> FileCommit::take_name(http::Wake wake) {
    sink_.place_.keep();
    publication_.settle(sink_.place_, wake);
    step_ = Step::syncing_directories;
    using Action = http::Change::Action;
    change_.emplace();
    change_->action = stored_.how == Stored::How::created ? Action::create : Action::replace;
    change_->path = path();
    change_->old_tag = std::move(old_tag_);
    struct stat status{};
    if (::fstat(sink_.file_.descriptor(), &status) != 0) {
        sink_.place_.note_synced(false);
        return refuse(kNotRead);
    }
    stored_.entity_tag = make_entity_tag(status, false);
    change_->new_tag = stored_.entity_tag;
    change_->bytes = static_cast<std::uint64_t>(status.st_size);
    // A file system that cannot hold a time puts another one in its place.
    stored_.keeps_time = sink_.kept_time_ && status.st_mtim.tv_sec == sink_.kept_time_->time.tv_sec;
    return std::nullopt;
}

}  // namespace storage
