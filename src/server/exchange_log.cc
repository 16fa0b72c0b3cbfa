// From an exchange to entries of the logs.
#include "server/exchange_log.h"

#include <algorithm>
#include <string>

namespace server {
namespace {

/// The number for a client that left before its answer: nginx writes it, and log readers know it.
constexpr int kNoAnswer = 499;

bool is_answered(const Exchange& exchange) {
    return exchange.state() == ExchangeState::responding || exchange.state() == ExchangeState::done;
}

int status_of(const Exchange& exchange) { return is_answered(exchange) ? http::code(exchange.status()) : kNoAnswer; }

std::string_view version_of(const http::Request& request) {
    if (request.major_version == 2) return "2.0";
    return request.minor_version == 0 ? "1.0" : "1.1";
}

/// A visitor without a name is called by the link that was shown, if any. Names of users have no colon.
std::string_view name_of(const http::Request& request, std::string& storage) {
    if (request.user) return request.user->name;
    if (!request.shared) return "-";
    return storage.assign("share:").append(request.shared->id);
}

void append(const Exchange& exchange, const net::PeerAddress& peer, std::uint64_t received_bytes,
            std::uint64_t sent_bytes, std::string_view aborted, Turn& turn) {
    const http::Request& request = exchange.request;
    std::string target;
    std::string referer;
    std::string name;
    turn.access_log.append(
        {
            .peer = peer,
            .user = name_of(request, name),
            .method = request.method_text.of(request.text),
            .target = turn.handler.loggable(request.target_text.of(request.text), target),
            .version = version_of(request),
            .referer = turn.handler.loggable(request.find(http::FieldName::referer).value_or(""), referer),
            .user_agent = request.find(http::FieldName::user_agent).value_or(""),
            .status = status_of(exchange),
            .body_bytes = sent_bytes,
            .received_bytes = received_bytes,
            .duration_ms = turn.clock.now_ms() - exchange.begun_ms(),
            .request_id = exchange.request_id(),
            .trace = exchange.request_id().empty() ? std::string_view() : find_traceparent(request),
            .aborted = aborted,
        },
        turn.clock);
}

bool may_write(http::Method method) {
    switch (method) {
        case http::Method::post:
        case http::Method::put:
        case http::Method::patch:
        case http::Method::del:
        case http::Method::mkcol:
        case http::Method::copy:
        case http::Method::move:
        case http::Method::proppatch:
        case http::Method::lock:
        case http::Method::unlock: return true;
        default: return false;
    }
}

/// A line for each change, and one more when the write was refused or cut, as a whole or in part. `why`: the reason why
/// the exchange ended early; empty when it did not.
void append_audit(const Exchange& exchange, const net::PeerAddress& peer, std::uint64_t received_bytes,
                  std::string_view why, Turn& turn) {
    const http::Request& request = exchange.request;
    if (!may_write(request.method) || turn.handler.stores_nothing(request)) return;
    std::string target;
    AuditEntry entry{
        .peer = peer,
        .user = request.user ? std::string_view(request.user->name) : std::string_view(),
        .link = request.shared ? std::string_view(request.shared->id) : std::string_view(),
        .method = request.method_text.of(request.text),
        .target = turn.handler.loggable(request.target_text.of(request.text), target),
        .path = {},
        .received_bytes = received_bytes,
        .duration_ms = turn.clock.now_ms() - exchange.begun_ms(),
        .status = std::nullopt,
        .ended = why,
        .request_id = exchange.request_id(),
    };
    if (is_answered(exchange)) entry.status = http::code(exchange.status());
    for (const http::Change& change : exchange.changes()) {
        std::string path;
        entry.change = &change;
        entry.path = turn.handler.loggable(change.path, path);
        turn.audit_log.append(entry, turn.clock);
    }
    entry.change = nullptr;
    const bool is_cut = !entry.status && (exchange.has_sink() || exchange.state() == ExchangeState::pending);
    const bool is_refused = entry.status && *entry.status >= 400;
    if (is_refused && !exchange.reason().empty()) entry.ended = exchange.reason();
    if (is_cut || is_refused) turn.audit_log.append(entry, turn.clock);
}

}  // namespace

void note_answered(const Exchange& exchange, const net::PeerAddress& peer, std::uint64_t received_bytes, Turn& turn) {
    turn.metrics.responses.add(exchange.request.method, exchange.status());
    turn.metrics.answer_times.add(turn.clock.now_ms() - exchange.begun_ms());
    if (const std::string_view lack = exchange.lack(); !lack.empty()) {
        std::string storage;
        turn.error_log.append(turn.clock, "error", &peer, lack,
                              turn.handler.loggable(exchange.request.target_text.of(exchange.request.text), storage),
                              exchange.request_id());
    }
    if (turn.audit_log.on()) append_audit(exchange, peer, received_bytes, {}, turn);
    if (!turn.access_log.on() || exchange.is_quiet()) return;
    append(exchange, peer, received_bytes, exchange.content_bytes(), {}, turn);
}

void note_aborted(const Exchange& exchange, const net::PeerAddress& peer, std::uint64_t received_bytes,
                  std::uint64_t unsent_bytes, std::string_view why, Turn& turn) {
    const std::uint64_t sent_bytes = exchange.content_bytes() - std::min(exchange.content_bytes(), unsent_bytes);
    if (turn.access_log.on()) append(exchange, peer, received_bytes, sent_bytes, why, turn);
    if (turn.audit_log.on()) append_audit(exchange, peer, received_bytes, why, turn);
    std::string text(why);
    if (exchange.state() == ExchangeState::responding) text += ", after " + std::to_string(sent_bytes) + " bytes of it";
    std::string storage;
    turn.error_log.append(turn.clock, "aborted", &peer, text,
                          turn.handler.loggable(exchange.request.target_text.of(exchange.request.text), storage),
                          exchange.request_id());
}

void note_refused(const http::Refusal& refusal, const Exchange& exchange, const net::PeerAddress& peer, Turn& turn) {
    turn.metrics.refusals.add(refusal.status);
    turn.error_log.append(turn.clock, "refused", &peer, refusal.reason, {}, exchange.request_id());
}

void note_reason(const http::Response& response, const Exchange& exchange, const net::PeerAddress& peer, Turn& turn) {
    const bool is_refusal = http::code(response.status) >= 400;
    if (is_refusal) turn.metrics.refusals.add(response.status);
    std::string storage;
    turn.error_log.append(turn.clock, is_refusal ? "refused" : "error", &peer, response.reason,
                          turn.handler.loggable(exchange.request.target.path, storage), exchange.request_id());
}

}  // namespace server
