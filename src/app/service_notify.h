// What godwit tells the service manager that started it, with the watchdog's sign of life (systemd's sd_notify
// protocol: one datagram of text for each message). Made by serve; the loop calls it as its upkeep, and it passes each
// call on to the upkeep that it follows.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/fd.h"
#include "server/upkeep.h"

namespace app {

class ServiceNotify final : public server::Upkeep {
public:
    /// Takes NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID out of the environment. `clock` outlives this. The error is
    /// a sentence about a value that cannot be used.
    static std::expected<ServiceNotify, std::string> from_environment(const base::Clock& clock);

    /// Calls `upkeep` from here on whenever this is called. It outlives the last turn of the loop.
    void follow(server::Upkeep& upkeep) { followed_ = &upkeep; }

    /// The server answers from here on. The first line of `status` is for people (systemctl status).
    void ready(std::string_view status);

    /// True where messages go to the name of an abstract socket.
    [[nodiscard]] bool uses_abstract_socket() const { return address_.starts_with('@'); }

    /// Tells that a reload begins, does it, and tells that it is done.
    void reload() override;
    /// Gives the watchdog its sign of life, at half of the time after which it would restart the server.
    void advance() override;
    void begin_stopping() override;
    [[nodiscard]] base::MonotonicMs due() const override;
    void upgrade() override {
        if (followed_ != nullptr) followed_->upgrade();
    }
    [[nodiscard]] std::optional<pid_t> successor() const override {
        return followed_ == nullptr ? std::nullopt : followed_->successor();
    }
    /// Tells which process the service is from here on: only its main process is listened to.
    void hand_over_sockets() override;
    void hand_over_writing() override {
        if (followed_ != nullptr) followed_->hand_over_writing();
    }

private:
    explicit ServiceNotify(const base::Clock& clock) : clock_(clock) {}
    void tell_ready();
    void send(std::string_view text, int flags) const;

    const base::Clock& clock_;
    base::Fd socket_;      ///< none where nobody listens
    std::string address_;  ///< a path, or '@' and the name of an abstract socket
    std::string status_;
    base::MonotonicMs alive_every_ms_ = 0;  ///< 0: no watchdog
    base::MonotonicMs alive_due_ms_ = 0;
    server::Upkeep* followed_ = nullptr;
};

}  // namespace app
