// Who sends a request: by the cache of what was right lately, or by asking the verifier. Called by site/site before a
// request is routed, where there are users.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "access_control/credential_cache.h"
#include "access_control/guess_limits.h"
#include "access_control/verifier.h"
#include "base/clock.h"
#include "base/counters.h"
#include "handler/handler.h"
#include "http/client_shares.h"

namespace access_control {

class SignIn {
public:
    /// Questions of one client that wait at a time; more is 429, so that nobody fills the queue alone.
    static constexpr unsigned kMostOfOneClient = 8;
    /// What happens with the request once it is known who sends it.
    using Then = std::function<handler::Decision(const http::Request&)>;

    /// Both references outlive this. `keep_ms`: how long credentials that were right are not checked again.
    SignIn(Verifier& verifier, const base::Clock& clock, base::MonotonicMs keep_ms)
        : verifier_(verifier), cache_(clock, keep_ms), limits_(clock) {}

    /// nullopt: the request goes on, and `request.user` says who sends it, if anybody does. Otherwise a refusal (401
    /// without its challenge, 429), or a decision that comes later: `then` is called in it with the user set. This
    /// outlives that decision.
    [[nodiscard]] std::optional<handler::Decision> admit(http::Request& request, const Then& then);

    /// The users changed: nothing that was right before is trusted.
    void forget_all() { cache_.clear(); }
    [[nodiscard]] base::Counters::Registration register_counters(base::Counters& counters);

private:
    class Pending;

    /// 429 for a client that failed too often or asks too much; nullopt: it may try.
    [[nodiscard]] std::optional<handler::Decision> find_obstacle(const http::Request& request, std::string_view name);
    [[nodiscard]] handler::Decision slow_down(const http::Request& request, base::MonotonicMs wait_ms);
    /// nullopt: it was right, and `request.user` is set.
    [[nodiscard]] std::optional<handler::Decision> judge(http::Request& request, std::string_view name,
                                                         const Verdict& verdict);

    Verifier& verifier_;
    CredentialCache cache_;
    GuessLimits limits_;
    http::ClientShares asking_;  ///< questions that wait
    std::uint64_t right_ = 0;
    std::uint64_t wrong_ = 0;
    std::uint64_t slowed_ = 0;
    std::uint64_t unanswered_ = 0;
};

}  // namespace access_control
