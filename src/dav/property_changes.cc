// What was kept is read, changed and written in one call of the loop, so no other request comes between.
#include "dav/property_changes.h"

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
#include "storage/validators.h"
#include "storage/write_conditions.h"
#include "storage/write_error.h"

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

/// Waits for the disk, unless `file` is null.
class ChangeAnswer final : public http::PendingResponse {
public:
    ChangeAnswer(const storage::WriteParts& parts, base::SharedFd file, http::Response response, std::string path)
        : disk_(parts.disk), file_(std::move(file)), response_(std::move(response)), path_(std::move(path)) {}

    std::optional<http::Response> advance(http::Wake wake) override {
        if (file_ == nullptr) return std::move(response_);
        if (!sync_) sync_ = disk_.sync_all(file_, wake);
        if (!sync_->done) return std::nullopt;
        if (sync_->error != 0) return handler::refusal_response(nullptr, kNotDurable);
        return std::move(response_);
    }
    [[nodiscard]] http::Changes take_changes() override {
        http::Change change;
        change.action = http::Change::Action::set_properties;
        change.path = path_;
        return http::changes_of(std::move(change));
    }

private:
    storage::DiskQueue& disk_;
    base::SharedFd file_;
    http::Response response_;
    std::string path_;
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
    const auto ready = [](http::Response response) {
        return std::make_unique<handler::ReadyAnswer>(std::move(response));
    };
    const auto refuse = [&](const Refusal& refusal) { return ready(handler::refusal_response(&request, refusal)); };
    const auto changes = parse_property_update(body);
    if (!changes) return refuse(changes.error());
    auto found = find_path(parts_.root, path);
    if (!found) return refuse(found.error());
    if (found->passes_link) return refuse(kBehindLink);
    if (!rights_of(rules_, request, found->path).has(handler::Right::replace))
        return refuse(rules_.refusal_at(found->path, kNotReplaced));
    auto opened = parts_.root.open_for_reading(found->path);
    if (!opened) return refuse(path_refusal(opened.error()));
    struct stat status{};
    if (::fstat(opened->get(), &status) != 0) return refuse(path_refusal(storage::FileError{errno}));
    const storage::WriteConditions conditions(request);
    if (conditions.any() && !conditions.hold(status, parts_.clock.unix_ns())) {
        return refuse(storage::condition_refusal());
    }
    const std::string href = href_of(path_prefix_, request.path(), found->is_directory());
    if (std::ranges::any_of(*changes, is_protected)) {
        return ready(multistatus(update_answer(href, *changes, Status::forbidden), Status::forbidden));
    }
    const Status failure = status_of(rewrite_properties(opened->get(), *changes));
    http::Response response = multistatus(update_answer(href, *changes, failure), failure);
    if (failure != Status::ok) return ready(std::move(response));
    base::SharedFd synced;
    if (parts_.durability == storage::Durability::full) synced = base::share(std::move(*opened));
    return std::make_unique<ChangeAnswer>(parts_, std::move(synced), std::move(response), found->path);
}

}  // namespace dav
