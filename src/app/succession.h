// How this process is replaced by a newer one of the same server while it serves: the upkeep that SIGUSR2 is for. Made
// by serve (docs/decisions/0049-a-server-starts-its-successor.md).
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/daemon.h"
#include "base/clock.h"
#include "base/counters.h"
#include "base/fd.h"
#include "net/listener.h"
#include "server/access_log.h"
#include "server/upkeep.h"

namespace app {

class Succession final : public server::Upkeep {
public:
    /// What is handed over; all outlives this.
    struct Parts {
        const std::vector<net::Listener>& site;
        const std::vector<net::Listener>& admin;
        bool is_site_of_manager = false;   ///< a service manager opened them
        bool is_admin_of_manager = false;  ///< likewise
        Pidfile* pidfile = nullptr;
        server::ErrorLog& log;
        const base::Clock& clock;
    };
    /// `starter`: of start_starter(), or why there is none.
    Succession(const Parts& parts, std::expected<base::Fd, std::string> starter);

    /// While this is false, an upgrade is refused: the process before this one has not ended.
    void set_begun(bool is_begun) { is_begun_ = is_begun; }

    void reload() override {}
    void upgrade() override;
    void advance() override;
    [[nodiscard]] base::MonotonicMs due() const override;
    [[nodiscard]] std::optional<pid_t> successor() const override {
        return state_ == State::ready ? std::optional(successor_) : std::nullopt;
    }
    void hand_over_sockets() override;
    void hand_over_writing() override;
    /// This outlives what is returned.
    [[nodiscard]] base::Counters::Registration register_counters(base::Counters& counters) const;

private:
    enum class State : std::uint8_t {
        alone,
        starting,  ///< the successor is under way
        ready,     ///< it can take over
    };

    [[nodiscard]] std::string find_obstacle() const;
    [[nodiscard]] bool order();
    void take(std::string_view message);
    void fail(const std::string& why);
    void refuse(const std::string& why);
    void say(std::string_view message) const;

    Parts parts_;
    std::expected<base::Fd, std::string> starter_;
    State state_ = State::alone;
    bool is_begun_ = true;
    bool has_pidfile_ = false;  ///< the successor took it over
    pid_t successor_ = 0;
    base::MonotonicMs look_ms_ = 0;  ///< while a successor is under way: when its messages are looked for
    std::string reason_;             ///< what the successor said about its end
    std::uint64_t failed_ = 0;
};

}  // namespace app
