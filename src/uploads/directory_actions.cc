// MKCOL, and the four actions of plain forms.
#include "uploads/directory_actions.h"

#include <string>
#include <utility>

#include "base/ascii.h"
#include "handler/error_page.h"
#include "handler/kept_request.h"
#include "handler/ready_answer.h"
#include "handler/small_body.h"
#include "http/multipart.h"
#include "http/target.h"
#include "storage/directory_creation.h"
#include "storage/file_removal.h"
#include "uploads/action_fields.h"
#include "uploads/form_answer.h"
#include "uploads/moves.h"
#include "uploads/upload_name.h"
#include "uploads/upload_time.h"
#include "uploads/write_gate.h"

namespace uploads {
namespace {

using Action = DirectoryActions::Action;
using http::Refusal;
using http::Status;

constexpr Refusal kNoEntry{Status::unprocessable_content, "the name has to be that of one entry of this directory."};

std::string with_slash(std::string_view path) {
    std::string text(path);
    if (!text.ends_with('/')) text.push_back('/');
    return text;
}

/// Waits for a directory to be durable.
class CreationAnswer final : public http::PendingResponse {
public:
    CreationAnswer(storage::DirectoryCreation creation, std::unique_ptr<const handler::KeptRequest> request,
                   std::string location, http::MethodSet allowed)
        : creation_(std::move(creation)),
          request_(std::move(request)),
          location_(std::move(location)),
          allowed_(allowed) {}

    std::optional<http::Response> advance(http::Wake wake) override {
        const auto result = creation_.advance(wake);
        if (!result) return std::nullopt;
        const http::Request& request = request_->get();
        if (!*result) return refuse_creation(request, result->error(), allowed_);
        if (request.method == http::Method::post && handler::prefers_html(request)) return see_directory(request);
        http::Response response;
        response.status = Status::created;
        response.add("Location", location_);
        if (creation_.keeps_time()) response.add(kTimeField, "accepted");
        return response;
    }
    [[nodiscard]] http::Changes take_changes() override { return http::changes_of(creation_.take_change()); }

    /// For a form a taken name is a conflict (409); only for MKCOL it is a matter of the method (405).
    static http::Response refuse_creation(const http::Request& request, Refusal refusal, http::MethodSet allowed) {
        const bool exists = refusal.status == Status::method_not_allowed;
        if (exists && request.method == http::Method::post) refusal.status = Status::conflict;
        http::Response response = handler::refusal_response(&request, refusal);
        if (refusal.status == Status::method_not_allowed) response.add("Allow", handler::allow_value(allowed));
        return response;
    }

private:
    storage::DirectoryCreation creation_;
    std::unique_ptr<const handler::KeptRequest> request_;
    std::string location_;
    http::MethodSet allowed_;
};

class RemovalAnswer final : public http::PendingResponse {
public:
    RemovalAnswer(storage::FileRemoval removal, std::unique_ptr<const handler::KeptRequest> request)
        : removal_(std::move(removal)), request_(std::move(request)) {}

    std::optional<http::Response> advance(http::Wake wake) override {
        const auto result = removal_.advance(wake);
        if (!result) return std::nullopt;
        const http::Request& request = request_->get();
        if (!*result) return handler::refusal_response(&request, result->error());
        if (handler::prefers_html(request)) return see_directory(request);
        http::Response response;
        response.status = Status::no_content;
        return response;
    }
    [[nodiscard]] http::Changes take_changes() override { return http::changes_of(removal_.take_change()); }

private:
    storage::FileRemoval removal_;
    std::unique_ptr<const handler::KeptRequest> request_;
};

/// Takes the body of an action's form.
class ActionSink final : public handler::SmallBodySink {
public:
    ActionSink(const storage::WriteParts& parts, const handler::WriteRules& config, Copies& copies,
               const http::Request& request, std::string_view directory, Action action,
               std::optional<std::string> boundary, handler::SmallBody body)
        : SmallBodySink(std::move(body)),
          parts_(parts),
          copies_(copies),
          gate_(config, parts.root, handler::Client::of(request)),
          request_(std::make_unique<const handler::KeptRequest>(request)),
          directory_(directory),
          action_(action),
          boundary_(std::move(boundary)) {}

private:
    std::unique_ptr<http::PendingResponse> answer(std::string body) override {
        auto fields = read_action_fields(body, boundary_);
        if (!fields) return refuse(fields.error());
        switch (action_) {
            case Action::create: return create(*fields->name);
            case Action::remove: return remove(std::move(*fields->name), fields->depth == "infinity");
            case Action::move: return move(std::move(*fields->name), fields->destination);
            case Action::copy: return copy(std::move(*fields->name), fields->destination);
        }
        return nullptr;
    }

    std::unique_ptr<http::PendingResponse> refuse(const Refusal& refusal) override {
        return std::make_unique<handler::ReadyAnswer>(handler::refusal_response(&request_->get(), refusal));
    }

    [[nodiscard]] storage::WriteConditions conditions() const { return storage::WriteConditions(request_->get()); }

    std::unique_ptr<http::PendingResponse> create(const std::string& name) {
        const http::Request& request = request_->get();
        if (const auto fault = find_name_fault(name, parts_.root.dot_files())) return refuse(*fault);
        if (const auto fault = gate_.find_directory_fault(directory_ + name)) return refuse(*fault);
        auto creation = storage::DirectoryCreation::open(parts_, directory_ + name, conditions());
        if (!creation) {
            return std::make_unique<handler::ReadyAnswer>(
                CreationAnswer::refuse_creation(request, creation.error(), {}));
        }
        std::string location = with_slash(http::encode_path(std::string(request.path()) + name));
        return std::make_unique<CreationAnswer>(std::move(*creation), std::move(request_), std::move(location),
                                                http::MethodSet());
    }

    /// The path of an entry of this directory, with a slash at its end when it is a directory. `name` may have one.
    std::expected<std::string, Refusal> find_entry(std::string& name) const {
        auto path = find_path(name);
        if (!path) return path;
        if (const auto fault = gate_.find_removal_fault(*path, WriteGate::Named::in_passing)) {
            return std::unexpected(*fault);
        }
        return with_kind(std::move(*path));
    }

    /// With a slash at its end when a directory has the path.
    [[nodiscard]] std::string with_kind(std::string path) const {
        const auto found = parts_.root.stat_name_inside(path);
        if (found && S_ISDIR(found->st_mode)) path.push_back('/');
        return path;
    }

    std::expected<std::string, Refusal> find_path(std::string& name) const {
        if (name.ends_with('/')) name.pop_back();
        const bool is_segment = !name.empty() && name.find('/') == std::string::npos &&
                                name.find('\0') == std::string::npos && name != "." && name != "..";
        if (!is_segment) return std::unexpected(kNoEntry);
        return directory_ + name;
    }

    std::unique_ptr<http::PendingResponse> remove(std::string name, bool wants_all) {
        const auto path = find_entry(name);
        if (!path) return refuse(path.error());
        const bool takes_all = wants_all && path->ends_with('/');
        const auto fault =
            takes_all ? gate_.find_tree_removal_fault(*path, WriteGate::Named::in_passing) : std::nullopt;
        if (fault) return refuse(*fault);
        using Extent = storage::FileRemoval::Extent;
        auto removal =
            storage::FileRemoval::open(parts_, *path, conditions(), takes_all ? Extent::tree : Extent::entry);
        if (!removal) return refuse(removal.error());
        return std::make_unique<RemovalAnswer>(std::move(*removal), std::move(request_));
    }

    /// Nothing is replaced, since no form asks whether to.
    std::unique_ptr<http::PendingResponse> move(std::string name, const std::optional<std::string>& typed) {
        const auto path = find_entry(name);
        if (!path) return refuse(path.error());
        const auto destination = find_typed_path(directory_, name, typed, parts_.root.dot_files());
        if (!destination) return refuse(destination.error());
        auto move = begin_move(parts_, gate_, *path, *destination, {storage::OnConflict::refuse}, conditions());
        if (!move) return refuse(move.error());
        std::string location = http::encode_path(*destination);
        if (path->ends_with('/')) location.push_back('/');
        return make_move_answer(std::move(*move), std::move(request_), std::move(location));
    }

    /// Without the rights the answer is the same, whether or not something has the name.
    std::unique_ptr<http::PendingResponse> copy(std::string name, const std::optional<std::string>& typed) {
        const http::Request& request = request_->get();
        auto path = find_path(name);
        if (!path) return refuse(path.error());
        const auto destination = find_typed_path(directory_, name, typed, parts_.root.dot_files());
        if (!destination) return refuse(destination.error());
        *path = with_kind(std::move(*path));
        std::string location = http::encode_path(*destination);
        if (path->ends_with('/')) location.push_back('/');
        auto answer = copies_.begin(request, {*path, *destination, std::move(location)}, {storage::OnConflict::refuse},
                                    conditions());
        if (!answer) return refuse(answer.error());
        return std::move(*answer);
    }

    const storage::WriteParts& parts_;
    Copies& copies_;
    WriteGate gate_;
    std::unique_ptr<const handler::KeptRequest> request_;
    std::string directory_;
    Action action_;
    std::optional<std::string> boundary_;  ///< of multipart/form-data; urlencoded otherwise
};

bool is_urlencoded(std::string_view content_type) {
    const std::string_view type = content_type.substr(0, content_type.find(';'));
    return base::equals_ignoring_case(base::trim_blanks(type), "application/x-www-form-urlencoded");
}

}  // namespace

std::optional<Action> DirectoryActions::find_action(std::string_view query) {
    if (query == "mkcol") return Action::create;
    if (query == "delete") return Action::remove;
    if (query == "move") return Action::move;
    if (query == "copy") return Action::copy;
    return std::nullopt;
}

handler::Decision DirectoryActions::create(const http::Request& request, std::string_view path,
                                           http::MethodSet allowed) {
    const WriteGate gate(config_, parts_.root, handler::Client::of(request));
    if (const auto fault = gate.find_directory_fault(path)) return handler::refusal_response(&request, *fault);
    if (request.has_body()) {
        // RFC 4918 §9.3 does not define what a body of MKCOL would mean.
        return handler::refusal_response(
            &request, {Status::unsupported_media_type, "MKCOL makes an empty directory; send it without a body."});
    }
    const auto refuse = [&](const Refusal& refusal) {
        return CreationAnswer::refuse_creation(request, refusal, allowed);
    };
    if (path == "/") return refuse({Status::method_not_allowed, "the root is there already."});
    auto creation = storage::DirectoryCreation::open(parts_, path, storage::WriteConditions(request));
    if (!creation) return refuse(creation.error());
    const auto modified_s = find_upload_time(request, config_, parts_.clock.unix_seconds());
    if (!modified_s) return handler::refusal_response(&request, modified_s.error());
    if (*modified_s) creation->keep_time(**modified_s);
    return std::make_unique<CreationAnswer>(std::move(*creation), std::make_unique<const handler::KeptRequest>(request),
                                            with_slash(http::encode_path(request.path())), allowed);
}

handler::Decision DirectoryActions::act(const http::Request& request, std::string_view path, Action action) {
    const WriteGate gate(config_, parts_.root, handler::Client::of(request));
    std::optional<Refusal> fault;
    switch (action) {
        case Action::create: fault = gate.find_directory_fault(path); break;
        case Action::remove:
        case Action::move: fault = gate.find_removal_fault(path, WriteGate::Named::by_request); break;
        case Action::copy: break;  // it changes nothing here; both paths are asked about when they are known
    }
    if (fault) return handler::refusal_response(&request, *fault);
    const std::string_view type = request.find(http::FieldName::content_type).value_or("");
    auto boundary = http::find_form_boundary(type);
    if (!boundary && !is_urlencoded(type)) {
        auto response = handler::refusal_response(
            &request,
            {Status::unsupported_media_type, "this takes a form with a field \"name\", urlencoded or multipart."});
        response.add("Accept", "application/x-www-form-urlencoded, multipart/form-data");
        return response;
    }
    auto body = handler::SmallBody::of(request, kMaxActionBytes);
    if (!body) return std::move(body.error());
    return std::make_unique<ActionSink>(parts_, config_, copies_, request, path, action, std::move(boundary),
                                        std::move(*body));
}

}  // namespace uploads
