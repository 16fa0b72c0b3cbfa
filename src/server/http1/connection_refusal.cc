// The answer to a connection for which there is no room. Its request is not read: what comes over the limit has to cost
// little.
#include <string>
#include <utility>
#include <variant>

#include "handler/error_page.h"
#include "server/http1/connection.h"
#include "server/http1/framer.h"

namespace server::http1 {
namespace {

/// The Retry-After of a client for whose connection there was no room.
constexpr int kRetryRefusedSeconds = 1;

http::Response plain_refusal() {
    return handler::unavailable(nullptr, "too many connections, try again.", kRetryRefusedSeconds);
}

/// With what the options add to every answer, whatever was asked. An error page that is not in memory does not take the
/// place of the sentence, because it would have to be read from a file for as long as the client takes.
http::Response decorated_refusal(handler::Handler& handler) {
    http::Response response = plain_refusal();
    handler.decorate(nullptr, response);
    const auto* const piece = std::get_if<http::Piece>(&response.body);
    if (piece == nullptr || std::holds_alternative<http::FileSlice>(*piece)) return plain_refusal();
    return response;
}

void append_content(net::OutputQueue& output, base::BlockPool& blocks, const http::Body& body) {
    const auto* const piece = std::get_if<http::Piece>(&body);
    if (piece == nullptr) return;
    if (const auto* const text = std::get_if<std::string>(piece)) {
        output.append_bytes(blocks, std::as_bytes(std::span(*text)));
    } else if (const auto* const blob = std::get_if<http::Blob>(piece)) {
        output.append_blob(blob->owner, blob->bytes);
    }
}

}  // namespace

Connection::Verdict Connection::refuse(Turn& turn) {
    constexpr std::string_view kHead = "HEAD ";
    transport_.receive(turn);
    // As long as the request may be a HEAD, no content can be sent (RFC 9110 §9.3.2).
    const bool may_be_head = kHead.starts_with(transport_.input.text().substr(0, kHead.size()));
    transport_.input.consume(transport_.input.size());
    http::Response response = decorated_refusal(turn.handler);
    if (may_be_head) response.body = std::monostate();
    move(ConnectionEvent::refused, turn);
    ending_ = Ending::linger;
    http::Framing::Kind framing = http::Framing::Kind::none;
    Framer(transport_.output, framing, ending_, turn).begin(response, http::Request());
    append_content(transport_.output, turn.blocks, response.body);
    return advance(turn);
}

}  // namespace server::http1
