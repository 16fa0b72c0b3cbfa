// Everything is looked at again in the turn in which the name is held.
#include "dav/lock_taking.h"

#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "dav/found_path.h"
#include "dav/locked_answers.h"
#include "dav/property_writer.h"
#include "handler/error_page.h"
#include "storage/file_sink.h"
#include "storage/locks.h"
#include "storage/name_calls.h"
#include "storage/taken_name.h"
#include "storage/write_error.h"
#include "storage/written_path.h"

namespace dav {
namespace {

using handler::Right;
using http::Refusal;
using http::Status;
using storage::Lock;

/// Times that another process may make or remove the name between our look and our call.
constexpr int kTries = 8;

constexpr Refusal kHidden{Status::forbidden, "names that begin with a dot are not written."};
constexpr Refusal kRecordsName{Status::conflict, "this is the file of the records, which is not locked."};
constexpr Refusal kNoParent{Status::conflict, "the folder above does not exist; make that first."};
constexpr Refusal kNoFolder{Status::conflict, "there is no such folder; make it first, or leave the slash out."};
constexpr Refusal kIsLink{Status::forbidden, "symbolic links are not locked; use the path that it leads to."};
constexpr Refusal kNotReplaced = http::missing_right("what is stored here may not be replaced, so it is not locked.");
constexpr Refusal kNotCreated = http::missing_right("nothing may be uploaded here, so nothing is locked.");
constexpr Refusal kOthersBelow{Status::forbidden,
                               "others have rights of their own below this folder, so it is not locked with all that "
                               "is in it; lock it with \"Depth: 0\", or what you need in it."};
constexpr Refusal kBusy{Status::service_unavailable, "other programs are changing this name; try again."};
constexpr Refusal kNotDurable{Status::internal_server_error, "the disk failed to keep the lock, so there is none."};
constexpr Refusal kNotDurableNew{Status::internal_server_error,
                                 "the disk failed to keep the lock, so there is none; an empty file was made."};
constexpr std::string_view kConflict = "there is a lock already beside which this one cannot be";

http::Response xml_response(Status status, std::string text) {
    http::Response response;
    response.status = status;
    response.add("Content-Type", "application/xml; charset=utf-8");
    response.body = http::Piece(std::move(text));
    return response;
}

}  // namespace

std::expected<std::unique_ptr<LockTaking>, Refusal> LockTaking::open(const storage::WriteParts& parts,
                                                                     const handler::WriteRules& rules,
                                                                     std::string_view path_prefix,
                                                                     const http::Request& request, Wanted wanted) {
    auto written = storage::find_written_path(parts.root, wanted.lock.path);
    if (!written) return std::unexpected(written.error());
    if (parts.root.is_hidden(*written)) return std::unexpected(kHidden);
    if (rules.takes_records_name(*written)) return std::unexpected(kRecordsName);
    // A drop box tells nothing, so not what is above or in the way either.
    if (rights_of(rules, request, *written).only_adds())
        return std::unexpected(rules.refusal_at(*written, kNotCreated));
    auto place = storage::WritePlace::find(parts.root, parts.new_directories, wanted.lock.path);
    if (!place) {
        const int error = place.error().number;
        return std::unexpected(error == ENOENT || error == E2BIG ? kNoParent : storage::write_refusal(error));
    }
    if (place->has_missing_parents()) return std::unexpected(kNoParent);
    std::unique_ptr<LockTaking> taking(
        new LockTaking(parts, rules, path_prefix, request, std::move(*place), std::move(wanted)));
    taking->wanted_.lock.path = std::move(*written);
    if (taking->wanted_.lock.path.ends_with('/')) taking->wanted_.lock.path.pop_back();
    return taking;
}

LockTaking::LockTaking(const storage::WriteParts& parts, const handler::WriteRules& rules, std::string_view path_prefix,
                       const http::Request& request, storage::WritePlace place, Wanted wanted)
    : parts_(parts),
      rules_(rules),
      path_prefix_(path_prefix),
      request_(request),
      conditions_(request),
      place_(std::move(place)),
      wanted_(std::move(wanted)),
      asked_(wanted_.lock.path),
      publication_(parts, conditions_.keys()) {}

LockTaking::~LockTaking() {
    if (step_ == Step::syncing) give_back();
}

void LockTaking::give_back() { parts_.locks->drop(token_); }

http::Response LockTaking::refuse(const Refusal& refusal) {
    publication_.let_go();
    step_ = Step::done;
    return handler::refusal_response(&request_.get(), rules_.refusal_at(wanted_.lock.path, refusal));
}

std::optional<http::Response> LockTaking::advance(http::Wake wake) {
    if (step_ == Step::taking) {
        if (auto refused = take(wake)) return refused;
        if (step_ == Step::taking) return std::nullopt;
    }
    if (!syncs_.done()) return std::nullopt;
    const auto named = publication_.durable();
    if (!named) return std::nullopt;
    if (syncs_.error() != 0 || *named != 0) {
        give_back();
        return refuse(made_ == Made::file ? kNotDurableNew : kNotDurable);
    }
    step_ = Step::done;
    return answer();
}

/// Why what is there, or is not, is not locked.
std::optional<Refusal> LockTaking::find_fault(const std::optional<struct stat>& found) const {
    const bool is_folder = found && S_ISDIR(found->st_mode);
    const handler::Rights rights = rights_of(rules_, request_.get(), wanted_.lock.path + (is_folder ? "/" : ""));
    if (found && S_ISLNK(found->st_mode)) return kIsLink;
    if (asked_.ends_with('/') && !is_folder) return kNoFolder;
    if (found && !rights.has(Right::replace)) return kNotReplaced;
    if (!found && (!rights.has(Right::create) || rights.only_adds())) return kNotCreated;
    if (!found && !rights.has(Right::replace)) {
        // An empty sidecar would be sent in place of the file that it stands beside.
        const auto taken = storage::find_taken_name(place_, found, storage::OnConflict::keep_content);
        if (taken) return taken;
    }
    const bool holds_all_below = is_folder && wanted_.lock.reach == Lock::Reach::all_below;
    if (holds_all_below && rules_.grants && rules_.grants->has_places_below(wanted_.lock.path)) return kOthersBelow;
    return conditions_.hold(found, parts_) ? std::nullopt : std::optional(storage::condition_refusal());
}

/// nullopt: it waits for the name, or was granted.
std::optional<http::Response> LockTaking::take(http::Wake wake) {
    for (int i = 0; i < kTries; ++i) {
        const auto found = place_.status();
        if (!found)
            return refuse(found.error().number == ENOENT ? kNoParent : storage::write_refusal(found.error().number));
        const auto touched = *found ? storage::Touched::nothing : storage::Touched::name;
        const auto name = publication_.hold(place_, touched, wake);
        if (!name) return refuse(name.error());
        if (*name == nullptr) return std::nullopt;
        if (const auto fault = find_fault(*found)) return refuse(*fault);
        wanted_.lock.kind = *found && S_ISDIR((*found)->st_mode) ? Lock::Kind::folder : Lock::Kind::file;
        if (const Lock* const other = parts_.locks->find_conflict(wanted_.lock)) {
            publication_.let_go();
            step_ = Step::done;
            return conflict(*other);
        }
        if (auto refused = grant(**name, !*found, wake)) return refused;
        if (step_ == Step::syncing) return std::nullopt;
    }
    return refuse(kBusy);
}

/// The lock comes before the file, so that nobody else can write to it. nullopt in the step `taking`: something has the
/// name by now.
std::optional<http::Response> LockTaking::grant(const storage::HeldName& name, bool is_new, http::Wake wake) {
    if (is_new) {
        const auto room = storage::FileSink::check_space(place_.directory(), parts_.min_free_bytes, 0);
        if (!room) return refuse(room.error());
    }
    auto granted = parts_.locks->grant(wanted_.lock, wanted_.seconds, request_.get().client.key);
    if (!granted) return refuse(granted.error());
    token_ = granted->lock.token;
    if (is_new) {
        if (const base::Fd file = storage::create_file(name); !file) {
            const int error = errno;
            give_back();
            return error == EEXIST ? std::nullopt : std::optional(refuse(storage::write_refusal(error)));
        }
        made_ = Made::file;
        place_.keep();
        publication_.settle(place_, wake);
        change_.emplace();
        change_->action = http::Change::Action::create;
        change_->path = place_.path();
        change_->bytes = 0;
    } else {
        publication_.let_go();
    }
    step_ = Step::syncing;
    if (parts_.durability == storage::Durability::full) {
        const storage::LockFiles::Written& written = granted->written;
        syncs_.sync_directories(parts_.disk, {written.file, written.directory, written.root}, wake);
    }
    return std::nullopt;
}

/// RFC 4918 §9.10.5: 423, or 207 where something below is locked already. What the client may not read is not named.
http::Response LockTaking::conflict(const Lock& lock) const {
    const bool is_below = lock.path.size() > wanted_.lock.path.size();
    const bool is_named = !is_below || may_know_of(rules_, request_.get(), lock);
    const std::string href = lock_href(path_prefix_, is_named ? lock : wanted_.lock);
    if (!is_below || !is_named) {
        http::Response response = xml_response(Status::locked, error_document("no-conflicting-lock", href));
        response.reason = kConflict;
        return response;
    }
    std::string text;
    PropertyWriter::append_opening(text);
    PropertyWriter::append_failure(text, href, Status::locked);
    PropertyWriter::append_failure(text, lock_href(path_prefix_, wanted_.lock), Status::failed_dependency);
    PropertyWriter::append_closing(text);
    http::Response response = xml_response(Status::multi_status, std::move(text));
    response.reason = kConflict;
    return response;
}

http::Response LockTaking::answer() const {
    const LockView view{parts_.locks, parts_.root, path_prefix_};
    http::Response response =
        xml_response(made_ == Made::file ? Status::created : Status::ok, discovery_document(view.discovery(asked_)));
    response.add("Lock-Token", "<" + token_ + ">");
    return response;
}

}  // namespace dav
