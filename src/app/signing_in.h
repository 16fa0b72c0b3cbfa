// The verifier process, which --users needs to check passwords and --user to read certificates and keys; who asks it,
// and the log lines about it. Made by serve, and looked after between turns.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "access_control/sign_in.h"
#include "access_control/verifier_client.h"
#include "app/file_source.h"
#include "app/options.h"
#include "app/watched_files.h"
#include "base/clock.h"
#include "base/counters.h"
#include "base/fd.h"
#include "base/wake_queue.h"
#include "server/access_log.h"
#include "server/upkeep.h"

namespace app {

/// Reads the users file once, for what is wrong with it, which is the error. Makes its name absolute. Nothing to do
/// without --users.
[[nodiscard]] std::expected<void, std::string> check_users(Options& options);

class SigningIn final : public server::Upkeep {
public:
    /// Starts the process: before privileges are dropped and while there is one thread. Null where nothing needs it.
    /// All but `options` outlive this.
    static std::expected<std::unique_ptr<SigningIn>, std::string> start(const Options& options, base::WakeQueue& wakes,
                                                                        const base::Clock& clock);
    ~SigningIn() override { wakes_.collect_with(nullptr); }
    SigningIn(const SigningIn&) = delete;
    SigningIn& operator=(const SigningIn&) = delete;

    /// Null without --users.
    [[nodiscard]] access_control::SignIn* sign_in() { return has_accounts_ ? &sign_in_ : nullptr; }
    /// The files of TLS, where this process gives up the right to read them; otherwise null. `news` is called when
    /// there are others, and when all were looked at because somebody asked for it.
    [[nodiscard]] HandedFiles* hand_files_over(std::function<void(Look)> news);
    /// This outlives what is returned.
    [[nodiscard]] base::Counters::Registration register_counters(base::Counters& counters);
    /// Says in `log`, which outlives this, what happens to the users file and to the process.
    void report_to(server::ErrorLog& log) { log_ = &log; }

    void reload() override { verifier_.look_again(); }
    void advance() override { verifier_.collect(); }
    [[nodiscard]] base::MonotonicMs due() const override { return verifier_.due().value_or(INT64_MAX); }

private:
    SigningIn(access_control::VerifierLines lines, base::WakeQueue& wakes, const base::Clock& clock,
              const Options& options);
    [[nodiscard]] access_control::VerifierClient::Events events();
    void users_replaced();
    void say(std::string_view level, const std::string& sentence);

    base::WakeQueue& wakes_;
    const base::Clock& clock_;
    server::ErrorLog* log_ = nullptr;
    bool has_accounts_;       ///< --users is given
    bool has_users_ = false;  ///< the process has read the file once
    HandedFiles files_;
    std::function<void(Look)> news_ = [](Look) {};
    access_control::VerifierClient verifier_;
    access_control::SignIn sign_in_;
    base::Counters::Registration tries_shown_;
};

}  // namespace app
