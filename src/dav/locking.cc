// A lock is looked for by what the request shows: its tokens, and who sends it.
#include "dav/locking.h"

#include <utility>
#include <vector>

#include "dav/lock_taking.h"
#include "dav/synced_answer.h"
#include "dav/xml_body.h"
#include "handler/error_page.h"
#include "handler/ready_answer.h"
#include "http/dav_fields.h"
#include "storage/locks.h"
#include "storage/write_error.h"

namespace dav {
namespace {

using http::Refusal;
using http::Status;
using storage::Lock;

constexpr Refusal kOneLevel{Status::bad_request,
                            "the Depth of LOCK is 0, or infinity, which is also meant without it."};
constexpr Refusal kNoBodyNoIf{Status::bad_request,
                              "LOCK without a body refreshes a lock: it needs the lock's token in If, (<token>)."};
constexpr Refusal kNoToken{Status::bad_request, "UNLOCK needs the field Lock-Token: <token>."};
constexpr Refusal kOfOthers{Status::forbidden, "this is the lock of another user."};
constexpr Refusal kNotDurable{Status::internal_server_error,
                              "the lock was changed, but the disk failed to make that durable."};
constexpr std::string_view kNotMatched = "no such lock covers this path, or its time is over";

/// 412 of LOCK, 409 of UNLOCK (RFC 4918 §9.10.6, §9.11.1).
http::Response not_matched(Status status) {
    http::Response response;
    response.status = status;
    response.add("Content-Type", "application/xml; charset=utf-8");
    response.body = http::Piece(error_document("lock-token-matches-request-uri", {}));
    response.reason = kNotMatched;
    return response;
}

std::string user_of(const http::Request& request) {
    return request.user == nullptr ? std::string() : request.user->name;
}

}  // namespace

std::optional<Refusal> Locking::find_unread() const {
    return parts_.locks == nullptr ? std::nullopt : parts_.locks->find_unread();
}

handler::Decision Locking::lock(const http::Request& request, std::string_view path) {
    const auto depth = http::parse_depth(request);
    if (!depth) return handler::refusal_response(&request, depth.error());
    if (*depth == http::Depth::one) return handler::refusal_response(&request, kOneLevel);
    if (!request.has_body()) return refresh(request, path);
    return take_xml_body(request, [this, path = std::string(path)](const http::Request& kept, const std::string& body) {
        return take(kept, path, body);
    });
}

std::unique_ptr<http::PendingResponse> Locking::take(const http::Request& request, std::string_view path,
                                                     std::string_view body) const {
    const auto refuse = [&request](const Refusal& refusal) {
        return std::make_unique<handler::ReadyAnswer>(handler::refusal_response(&request, refusal));
    };
    auto asked = parse_lock_request(body);
    if (!asked) return refuse(asked.error());
    const auto depth = http::parse_depth(request);
    const bool is_flat = depth && *depth == http::Depth::zero;
    LockTaking::Wanted wanted{.lock = {.token = {},
                                       .path = std::string(path),
                                       .scope = asked->scope,
                                       .reach = is_flat ? Lock::Reach::itself : Lock::Reach::all_below,
                                       .user = user_of(request),
                                       .owner = std::move(asked->owner)},
                              .seconds = http::parse_timeout(request, storage::kMostLockSeconds)};
    auto taking = LockTaking::open(parts_, rules_, path_prefix_, request, std::move(wanted));
    if (!taking) return refuse(taking.error());
    return std::move(*taking);
}

handler::Decision Locking::refresh(const http::Request& request, std::string_view path) {
    const auto keys = storage::LockKeys::of(request);
    if (keys.shown == nullptr) return handler::refusal_response(&request, kNoBodyNoIf);
    const Lock* found = nullptr;
    for (const std::string& token : keys.shown->tokens) {
        const Lock* const lock = parts_.locks->find(token);
        if (lock == nullptr || !keys.open(*lock)) continue;
        const auto covers = parts_.locks->covers(token, path);
        if (!covers) return handler::refusal_response(&request, covers.error());
        if (*covers) found = lock;
    }
    if (found == nullptr) return not_matched(Status::precondition_failed);
    auto file = parts_.locks->refresh(found->token, http::parse_timeout(request, storage::kMostLockSeconds));
    if (!file) return handler::refusal_response(&request, storage::write_refusal(file.error()));
    http::Response response;
    response.add("Content-Type", "application/xml; charset=utf-8");
    response.body = http::Piece(discovery_document(view().discovery(path)));
    std::vector<base::SharedFd> changed;
    if (parts_.durability == storage::Durability::full) changed.push_back(std::move(*file));
    return std::make_unique<SyncedAnswer>(parts_.disk, std::move(changed), std::move(response), kNotDurable);
}

handler::Decision Locking::unlock(const http::Request& request, std::string_view path) {
    const auto token = http::parse_lock_token(request);
    if (!token) return handler::refusal_response(&request, kNoToken);
    if (const auto unread = find_unread()) return handler::refusal_response(&request, *unread);
    const Lock* const lock = parts_.locks->find(*token);
    const auto covers = parts_.locks->covers(*token, path);
    if (!covers) return handler::refusal_response(&request, covers.error());
    if (lock == nullptr || !*covers) return not_matched(Status::conflict);
    if (lock->user != user_of(request)) return handler::refusal_response(&request, kOfOthers);
    auto directory = parts_.locks->remove(*token);
    if (!directory) return handler::refusal_response(&request, storage::write_refusal(directory.error()));
    http::Response response;
    response.status = Status::no_content;
    std::vector<base::SharedFd> changed;
    if (parts_.durability == storage::Durability::full) changed.push_back(std::move(*directory));
    return std::make_unique<SyncedAnswer>(parts_.disk, std::move(changed), std::move(response), kNotDurable);
}

}  // namespace dav
