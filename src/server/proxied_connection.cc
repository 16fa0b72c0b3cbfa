// Looks at what has arrived, takes the bytes of the header away, and says whose connection it is.
#include "server/proxied_connection.h"

#include <string>

#include "server/client_identity.h"

namespace server {

using enum net::ProxyHeaderParser::Outcome;

void ProxiedConnection::receive(Turn& turn) {
    if (outcome_ != need_more || transport_.input_end != Transport::Input::open) return;
    const auto room = turn.scratch.first(net::kMaxProxyHeaderBytes);
    const net::IoResult seen = transport_.stream->peek(room);
    if (seen.status == net::IoStatus::would_block) return;
    if (seen.status != net::IoStatus::progress) {
        transport_.input_end = Transport::Input::ended;
        return;
    }
    const net::ProxyHeaderParser::Step step = parser_.parse(room.first(seen.bytes));
    outcome_ = step.outcome;
    const net::IoResult taken = transport_.receive_into(room.first(step.consumed), turn);
    if (taken.bytes != step.consumed) transport_.input_end = Transport::Input::ended;
}

Connection::Verdict ProxiedConnection::advance(Turn& turn) {
    if (outcome_ == invalid) return refuse_header(turn, parser_.problem());
    // A proxy that looks whether the server is there connects and leaves.
    if (transport_.input_end == Transport::Input::ended) return Verdict::close;
    if (outcome_ == need_more) return turn.stopping == Stopping::closing ? Verdict::close : Verdict::wait;
    const bool is_secured = listener_.address().scheme == net::Scheme::https;
    transport_.client = client_of(parser_.header(), transport_.peer, is_secured, turn.config.trusted_proxies);
    transport_.stream = listener_.wrap(std::move(transport_.stream));
    return Verdict::introduced;
}

Connection::Verdict ProxiedConnection::expire(Turn& turn) {
    if (accepted_ms_ + turn.config.header_timeout_ms > turn.clock.now_ms()) return Verdict::wait;
    ++turn.metrics.deadlines_passed;
    return refuse_header(turn, "its PROXY header did not arrive within --header-timeout");
}

Connection::Verdict ProxiedConnection::refuse_header(Turn& turn, std::string_view problem) {
    ++turn.metrics.proxy_headers_refused;
    turn.error_log.append(turn.clock, "refused", &transport_.peer,
                          "the proxy's connection is closed: " + std::string(problem));
    return Verdict::close;
}

}  // namespace server
