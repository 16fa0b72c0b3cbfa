// What the admin listeners answer: /metrics, /status, /healthz and /readyz (docs/operations.md). Made by app/serve and
// called by connections of those listeners alone.
#pragma once

#include <cstdint>
#include <utility>

#include "admin/status_text.h"
#include "base/clock.h"
#include "base/counters.h"
#include "handler/handler.h"

namespace admin {

/// Which host names are answered.
enum class Hosts : std::uint8_t {
    /// localhost and IP addresses. A stranger's web page that points its own host name at our address (DNS rebinding)
    /// is refused.
    own,
    any,  ///< unix sockets, which no browser reaches
};

class Admin final : public handler::Handler {
public:
    /// The references outlive this.
    Admin(const base::Counters& counters, const base::Clock& clock, Facts facts, Hosts hosts)
        : counters_(counters), clock_(clock), facts_(std::move(facts)), hosts_(hosts), begun_ms_(clock.now_ms()) {}

    handler::Decision handle(const http::Request& request) override;
    /// /readyz says from here on that the server stops.
    void begin_stopping() override { is_ready_ = false; }

private:
    [[nodiscard]] http::Response metrics(const http::Request& request) const;
    [[nodiscard]] http::Response status(const http::Request& request) const;
    [[nodiscard]] http::Response readiness(const http::Request& request) const;

    const base::Counters& counters_;
    const base::Clock& clock_;
    Facts facts_;
    Hosts hosts_;
    base::MonotonicMs begun_ms_;
    bool is_ready_ = true;
};

}  // namespace admin
