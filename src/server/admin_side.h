// What connections of the admin listeners have in place of the site's: a handler, counters that nobody is shown, no
// access log and no audit log, and a bound of their own. So whoever watches the server is not counted with its clients,
// gets in when they have every connection, and is answered until the server's end. Owned by the reactor.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "net/listener.h"
#include "server/access_log.h"
#include "server/audit_log.h"
#include "server/idle_list.h"
#include "server/metrics.h"
#include "server/turn.h"

namespace server {

/// Both outlive the reactor.
struct AdminParts {
    handler::Handler& handler;
    std::vector<net::Listener>& listeners;
};

class AdminSide {
public:
    /// A few people and programs watch a server; more connections than this are a fault of one of them.
    static constexpr std::size_t kMostConnections = 64;

    /// `site` is the turn of all other connections.
    AdminSide(const AdminParts& parts, const Turn& site)
        : parts_(parts),
          no_log_(LogFile::off(), LogFormat::common),
          no_audit_(LogFile::off()),
          turn_{.config = site.config,
                .clock = site.clock,
                .handler = parts.handler,
                .blocks = site.blocks,
                .exchanges = site.exchanges,
                .http2_exchanges = site.http2_exchanges,
                .requests = site.requests,
                .waiting = site.waiting,
                .arrivals = site.arrivals,
                .date = site.date,
                .access_log = no_log_,
                .audit_log = no_audit_,
                .error_log = site.error_log,
                .metrics = metrics_,
                .scratch = site.scratch} {}
    AdminSide(const AdminSide&) = delete;
    AdminSide& operator=(const AdminSide&) = delete;
    ~AdminSide() = default;

    /// For one connection, with what it may do now. A server that stops is no reason to end it.
    [[nodiscard]] Turn& turn(const TurnShare& share) {
        turn_.share = share;
        return turn_;
    }
    [[nodiscard]] handler::Handler& handler() { return parts_.handler; }
    [[nodiscard]] std::vector<net::Listener>& listeners() { return parts_.listeners; }

    std::size_t connections = 0;  ///< that are open; the reactor counts
    IdleList idle;                ///< those that no request uses

private:
    AdminParts parts_;
    Metrics metrics_;
    AccessLog no_log_;
    AuditLog no_audit_;
    Turn turn_;
};

}  // namespace server
