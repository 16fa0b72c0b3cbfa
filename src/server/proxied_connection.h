// A connection of a trusted proxy until its PROXY header is there (--proxy-protocol). Then it knows whose connection it
// is, and the reactor puts a connection that speaks HTTP in its place. Reads no byte behind the header: what follows is
// TLS or HTTP, and is not this one's.
#pragma once

#include <optional>
#include <string_view>
#include <utility>

#include "net/listener.h"
#include "net/proxy_header.h"
#include "server/connection.h"

namespace server {

class ProxiedConnection final : public Connection {
public:
    /// `transport`: over the plain socket. `listener`, where it was accepted, and `config` outlive the connection.
    ProxiedConnection(Transport&& transport, net::Token token, const net::Listener& listener,
                      const ServerConfig& config, base::MonotonicMs now_ms)
        : Connection(std::move(transport), token),
          parser_(config.proxy_protocol),
          listener_(listener),
          accepted_ms_(now_ms) {}

    void receive(Turn& turn) override;
    Verdict advance(Turn& turn) override;
    Verdict expire(Turn& turn) override;
    /// There is no client yet that could be answered.
    Verdict refuse(Turn& /*turn*/) override { return Verdict::close; }
    void abandon(Turn& /*turn*/, std::string_view /*why*/) override {}

    [[nodiscard]] net::Interest interest() const override { return net::Interest::read; }
    [[nodiscard]] bool has_pending_work() const override { return false; }
    [[nodiscard]] bool is_unused() const override { return outcome_ == net::ProxyHeaderParser::Outcome::need_more; }
    [[nodiscard]] std::size_t held_bytes() const override { return kConnectionOwnBytes + transport_.memory_bytes(); }
    [[nodiscard]] base::MonotonicMs stalled_since_ms() const override { return accepted_ms_; }
    /// For the whole header, so trickling does not help.
    [[nodiscard]] std::optional<base::MonotonicMs> deadline(const ServerConfig& config) const override {
        return accepted_ms_ + config.header_timeout_ms;
    }

private:
    Verdict refuse_header(Turn& turn, std::string_view problem);

    net::ProxyHeaderParser parser_;
    const net::Listener& listener_;
    base::MonotonicMs accepted_ms_;
    net::ProxyHeaderParser::Outcome outcome_ = net::ProxyHeaderParser::Outcome::need_more;
};

}  // namespace server
