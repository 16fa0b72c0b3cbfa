// What was kept is read, changed and written in one call of the loop and while the name is held, so no other request
// comes between.
#include "dav/property_changes.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "dav/found_path.h"
#include "dav/property_update.h"
#include "dav/xml_body.h"
#include "handler/error_page.h"
#include "handler/ready_answer.h"
#include "storage/property_text.h"
#include "storage/publication.h"
#include "storage/write_conditions.h"
#include "storage/write_place.h"

namespace dav {
namespace {

using http::Refusal;
using http::Status;

constexpr Refusal kNoBody{Status::bad_request,
                          "PROPPATCH needs a body: the element propertyupdate of the namespace DAV:."};
constexpr Refusal kBehindLink{Status::forbidden,
                              "properties are not changed behind a symbolic link; use the path that it leads to."};
constexpr Refusal kNotReplaced = http::missing_right("what is stored here may not be replaced.");
constexpr Refusal kNotDurable{Status::internal_server_error,
                              "the properties were changed, but the disk failed to make that durable."};

Status status_of(int error) {
    switch (error) {
        case 0: return Status::ok;
        case EACCES:
        case EPERM:
        case EROFS:
        case ENOTSUP: return Status::forbidden;
        case ENOSPC:
        case EDQUOT:
        case E2BIG:
        case ERANGE: return Status::insufficient_storage;
        default: return Status::internal_server_error;
    }
}

/// For the error log; empty when all went well.
std::string_view reason_of(Status failure) {
    switch (failure) {
        case Status::ok: return {};
        case Status::forbidden: return "properties were not changed: protected ones, or the file cannot have any";
        case Status::insufficient_storage: return "properties were not changed: the file has no room for so many";
        default: return "properties were not changed: the disk failed";
    }
}

http::Response multistatus(std::string text, Status failure) {
    http::Response response = multistatus_response();
    response.body = http::Piece(std::move(text));
    response.reason = reason_of(failure);
    return response;
}

/// 0 or an errno. What cannot be read is not replaced: a passing fault of the disk says nothing about what is there.
int rewrite_properties(int file, const std::vector<PropertyChange>& changes) {
    const auto kept = read_dead_properties(file);
    if (!kept) return kept.error();
    return storage::write_property_text(file, dead_properties_text(changed_properties(*kept, changes)));
}

/// What is to be done to what.
struct Change {
    std::string path;  ///< of a folder with its slash
    std::string href;
    std::vector<PropertyChange> properties;
    storage::WriteConditions conditions;
};

/// Waits until no other write has the name: a file that another is about to replace would take the change with it. Then
/// it waits for the disk.
class ChangeAnswer final : public http::PendingResponse {
public:
    /// `place`: of the name; nullopt for the root, which has none.
    ChangeAnswer(const storage::WriteParts& parts, Change change, std::optional<storage::WritePlace> place)
        : parts_(parts),
          change_(std::move(change)),
          place_(std::move(place)),
          publication_(parts, change_.conditions.keys()) {}

    std::optional<http::Response> advance(http::Wake wake) override {
        if (!response_) {
            if (place_) {
                const auto held = publication_.hold(*place_, storage::Touched::content, wake);
                if (!held) return handler::refusal_response(nullptr, held.error());
                if (*held == nullptr) return std::nullopt;
            }
            const bool is_elsewhere = place_ && place_->is_left_behind();
            const storage::FileError gone{ENOENT};
            response_ = is_elsewhere ? handler::refusal_response(nullptr, path_refusal(gone)) : make_change();
            if (place_ && changed_ != nullptr) publication_.settle_content(*place_);
            publication_.let_go();
        }
        if (changed_ == nullptr || parts_.durability == storage::Durability::none) return std::move(response_);
        if (!sync_) sync_ = parts_.disk.sync_all(changed_, wake);
        if (!sync_->done) return std::nullopt;
        if (sync_->error != 0) return handler::refusal_response(nullptr, kNotDurable);
        return std::move(response_);
    }
    [[nodiscard]] http::Changes take_changes() override {
        if (changed_ == nullptr) return {};
        http::Change change;
        change.action = http::Change::Action::set_properties;
        change.path = change_.path;
        return http::changes_of(std::move(change));
    }

private:
    [[nodiscard]] std::expected<base::Fd, storage::FileError> open() const {
        if (!place_) return parts_.root.open_for_reading(change_.path);
        base::Fd file(
            ::openat(place_->directory(), place_->name().c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
        if (!file) return std::unexpected(storage::FileError{errno});
        return file;
    }

    http::Response make_change() {
        auto opened = open();
        if (!opened) return handler::refusal_response(nullptr, path_refusal(opened.error()));
        struct stat status{};
        if (::fstat(opened->get(), &status) != 0)
            return handler::refusal_response(nullptr, path_refusal(storage::FileError{errno}));
        if (change_.conditions.any() && !change_.conditions.hold(status, parts_))
            return handler::refusal_response(nullptr, storage::condition_refusal());
        const bool is_possible = std::ranges::none_of(change_.properties, is_protected);
        const Status failure =
            is_possible ? status_of(rewrite_properties(opened->get(), change_.properties)) : Status::forbidden;
        if (failure == Status::ok) changed_ = base::share(std::move(*opened));
        return multistatus(update_answer(change_.href, change_.properties, failure), failure);
    }

    const storage::WriteParts& parts_;
    Change change_;
    std::optional<storage::WritePlace> place_;
    storage::Publication publication_;
    std::optional<http::Response> response_;  ///< once the change was made or refused
    base::SharedFd changed_;                  ///< null until then, and after a refusal
    storage::SyncTicket sync_;
};

}  // namespace

handler::Decision PropertyChanges::change(const http::Request& request, std::string_view path) {
    if (!request.has_body()) return handler::refusal_response(&request, kNoBody);
    return take_xml_body(request, [this, path = std::string(path)](const http::Request& kept, const std::string& body) {
        return make(kept, path, body);
    });
}

std::unique_ptr<http::PendingResponse> PropertyChanges::make(const http::Request& request, const std::string& path,
                                                             const std::string& body) const {
    const auto refuse = [&](const Refusal& refusal) {
        return std::make_unique<handler::ReadyAnswer>(handler::refusal_response(&request, refusal));
    };
    const auto changes = parse_property_update(body);
    if (!changes) return refuse(changes.error());
    auto found = find_path(parts_.root, path);
    if (!found) return refuse(found.error());
    if (found->passes_link) return refuse(kBehindLink);
    if (!rights_of(rules_, request, found->path).has(handler::Right::replace))
        return refuse(rules_.refusal_at(found->path, kNotReplaced));
    std::optional<storage::WritePlace> place;
    if (found->path.size() > 1) {
        auto named = storage::WritePlace::find(parts_.root, parts_.new_directories, found->path);
        if (!named) return refuse(path_refusal(named.error()));
        place = std::move(*named);
    }
    std::string href = href_of(request, found->is_directory());
    return std::make_unique<ChangeAnswer>(
        parts_, Change{found->path, std::move(href), *changes, storage::WriteConditions(request)}, std::move(place));
}

}  // namespace dav
