// From an exchange to an entry of the access log.
#include "server/exchange_log.h"

#include <algorithm>
#include <string>

namespace server {
namespace {

/// What nginx writes, and log readers know, for a client that left before its answer.
constexpr int kNoAnswer = 499;

int status_of(const Exchange& exchange) {
    switch (exchange.state()) {
        case ExchangeState::receiving:
        case ExchangeState::deciding:
        case ExchangeState::pending: return kNoAnswer;
        case ExchangeState::responding:
        case ExchangeState::done: break;
    }
    return http::code(exchange.status());
}

std::string_view version_of(const http::Request& request) {
    if (request.major_version == 2) return "2.0";
    return request.minor_version == 0 ? "1.0" : "1.1";
}

void append(const Exchange& exchange, const net::PeerAddress& peer, std::uint64_t received_bytes,
            std::uint64_t sent_bytes, std::string_view aborted, Turn& turn) {
    const http::Request& request = exchange.request;
    std::string target;
    std::string referer;
    turn.access_log.append(
        {
            .peer = peer,
            .user = request.user ? std::string_view(request.user->name) : "-",
            .method = request.method_text.of(request.text),
            .target = turn.handler.loggable(request.target_text.of(request.text), target),
            .version = version_of(request),
            .referer = turn.handler.loggable(request.find(http::FieldName::referer).value_or(""), referer),
            .user_agent = request.find(http::FieldName::user_agent).value_or(""),
            .status = status_of(exchange),
            .body_bytes = sent_bytes,
            .received_bytes = received_bytes,
            .duration_ms = turn.clock.now_ms() - exchange.begun_ms(),
            .aborted = aborted,
        },
        turn.clock);
}

}  // namespace

void note_answered(const Exchange& exchange, const net::PeerAddress& peer, std::uint64_t received_bytes, Turn& turn) {
    turn.metrics.responses.add(exchange.request.method, exchange.status());
    turn.metrics.answer_times.add(turn.clock.now_ms() - exchange.begun_ms());
    if (const std::string_view lack = exchange.lack(); !lack.empty()) {
        std::string storage;
        turn.error_log.append(turn.clock, "error", &peer, lack,
                              turn.handler.loggable(exchange.request.target_text.of(exchange.request.text), storage));
    }
    if (!turn.access_log.on() || exchange.is_quiet()) return;
    append(exchange, peer, received_bytes, exchange.content_bytes(), {}, turn);
}

void note_aborted(const Exchange& exchange, const net::PeerAddress& peer, std::uint64_t received_bytes,
                  std::uint64_t unsent_bytes, std::string_view why, Turn& turn) {
    const std::uint64_t sent_bytes = exchange.content_bytes() - std::min(exchange.content_bytes(), unsent_bytes);
    if (turn.access_log.on()) append(exchange, peer, received_bytes, sent_bytes, why, turn);
    std::string text(why);
    if (exchange.state() == ExchangeState::responding) text += ", after " + std::to_string(sent_bytes) + " bytes of it";
    std::string storage;
    turn.error_log.append(turn.clock, "aborted", &peer, text,
                          turn.handler.loggable(exchange.request.target_text.of(exchange.request.text), storage));
}

void note_refused(const http::Refusal& refusal, const net::PeerAddress& peer, std::string_view path, Turn& turn) {
    turn.metrics.refusals.add(refusal.status);
    std::string storage;
    turn.error_log.append(turn.clock, "refused", &peer, refusal.reason, turn.handler.loggable(path, storage));
}

void note_reason(const http::Response& response, const net::PeerAddress& peer, std::string_view path, Turn& turn) {
    if (http::code(response.status) >= 400) {
        note_refused({response.status, response.reason}, peer, path, turn);
    } else {
        turn.error_log.append(turn.clock, "error", &peer, response.reason, path);
    }
}

}  // namespace server
