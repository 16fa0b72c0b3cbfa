// Finds out who sends a request: from the cache of credentials that were right lately, or by asking the verifier.
// Called by site/site before a request is routed, where there are users; and by site/sign_in_pages for the name and the
// password of a form.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "access_control/badges.h"
#include "access_control/credential_cache.h"
#include "access_control/guess_limits.h"
#include "access_control/verifier.h"
#include "base/clock.h"
#include "base/counters.h"
#include "handler/handler.h"
#include "http/client_shares.h"

namespace access_control {

/// False when this build cannot check passwords (libxcrypt) or seal badges (OpenSSL): people sign in by Authorization.
[[nodiscard]] bool has_sign_in_page();

class SignIn {
public:
    /// Questions about passwords and tokens of one client that wait at a time; more is 429, so that nobody fills the
    /// queue alone.
    static constexpr unsigned kMostOfOneClient = 8;
    /// The same for badges, whose answers take no time: a browser asks for a page and all that is on it at once.
    static constexpr unsigned kMostBadgesOfOneClient = 128;
    /// What happens with the request once it is known who sends it.
    using Then = std::function<handler::Decision(http::Request&)>;

    struct Times {
        base::MonotonicMs keep_ms = 0;        ///< how long what was right is not checked again
        std::int64_t badge_s = 12 * 60 * 60;  ///< how long a badge counts, in seconds
    };

    /// Both references outlive this.
    SignIn(Verifier& verifier, const base::Clock& clock, Times times)
        : verifier_(verifier),
          cache_(clock, times.keep_ms),
          badge_cache_(clock, times.keep_ms),
          maker_cache_(clock, times.keep_ms),
          certified_cache_(clock, times.keep_ms),
          limits_(clock),
          badges_(clock, times.badge_s) {}

    /// Finds out the user by the field Authorization. nullopt: the request goes on, and `request.user` says who sends
    /// it, if anybody does. Otherwise a refusal (401 without its challenge, 429), or a decision that comes later:
    /// `then` is called in it with the user set. This outlives that decision.
    [[nodiscard]] std::optional<handler::Decision> admit(http::Request& request, const Then& then);
    /// By the text of a badge. With a badge that does not count the request goes on, without a user.
    [[nodiscard]] std::optional<handler::Decision> admit_badge(http::Request& request, std::string_view text,
                                                               const Then& then);

    /// By the certificate of the client, `request.certified`, which is proof. Finds out the groups of the user, where
    /// the users file has the name. nullopt: the request goes on, with its user.
    [[nodiscard]] std::optional<handler::Decision> admit_certified(http::Request& request, const Then& then);

    /// Finds out whether `maker`, who made the share link that `request` shows, is still a user and has the same
    /// password. If so, sets `request.shared` to `shared` with that user; otherwise the link is over. nullopt: the
    /// request goes on.
    [[nodiscard]] std::optional<handler::Decision> admit_link(http::Request& request, const std::string& maker,
                                                              http::SharedPath shared, const Then& then);

    /// What became of a name and a password.
    struct Outcome {
        enum class Kind : std::uint8_t { right, wrong, slowed, unanswered };
        Kind kind = Kind::unanswered;
        std::string badge;              ///< of a right one; empty when this build makes none
        base::MonotonicMs wait_ms = 0;  ///< of one that was slowed: until the next try
        std::string_view reason;        ///< of all but a right one: for the error log, of static lifetime
    };
    class PasswordCheck;
    /// The first advance() of the check asks the verifier. This outlives the check.
    [[nodiscard]] std::unique_ptr<PasswordCheck> check_password(const http::ClientKey& client, std::string_view name,
                                                                std::string_view password);

    [[nodiscard]] Badges& badges() { return badges_; }
    /// The users changed: nothing that was right before is trusted.
    void forget_all() {
        cache_.clear();
        badge_cache_.clear();
        maker_cache_.clear();
        certified_cache_.clear();
    }
    [[nodiscard]] base::Counters::Registration register_counters(base::Counters& counters);

private:
    class Question;
    class Pending;
    class PendingLink;

    /// How long a client that failed too often or asks too much has to wait, and why; 0: it may try.
    struct Wait {
        base::MonotonicMs ms = 0;
        std::string_view reason;  ///< of static lifetime
    };
    [[nodiscard]] Wait find_wait(const http::ClientKey& client, std::string_view name) const;
    [[nodiscard]] handler::Decision slow_down(const http::Request& request, const Wait& wait);
    /// Counts what the verdict says, for and against the client.
    void note(const http::ClientKey& client, std::string_view name, Verdict::Kind kind);
    /// The client left while its password or token was checked.
    void note_given_up(const http::ClientKey& client, std::string_view name);
    /// nullopt: it was right, and `request.user` is set.
    [[nodiscard]] std::optional<handler::Decision> judge(http::Request& request, std::string_view name,
                                                         const Verdict& verdict);
    /// The same for a badge, which is no guess. nullopt: the request goes on, with a user or without.
    [[nodiscard]] std::optional<handler::Decision> judge_badge(http::Request& request, const Credentials& credentials,
                                                               const Verdict& verdict);
    /// The same for the maker of a link.
    [[nodiscard]] std::optional<handler::Decision> judge_maker(http::Request& request, const std::string& maker,
                                                               http::SharedPath shared, const Verdict& verdict);

    /// The same for a certificate.
    [[nodiscard]] std::optional<handler::Decision> judge_certified(http::Request& request, const Verdict& verdict);

    Verifier& verifier_;
    CredentialCache cache_;
    CredentialCache badge_cache_;      ///< apart, so that no field is taken for what stands for a badge
    CredentialCache maker_cache_;      ///< by the names of users who made links
    CredentialCache certified_cache_;  ///< by the name of a certificate, also of those without an account
    GuessLimits limits_;
    Badges badges_;
    http::ClientShares asking_;             ///< questions that wait
    http::ClientShares asking_for_badges_;  ///< those about badges, makers of links and certificates
    std::uint64_t right_ = 0;
    std::uint64_t wrong_ = 0;
    std::uint64_t slowed_ = 0;
    std::uint64_t given_up_ = 0;
    std::uint64_t unanswered_ = 0;
    std::uint64_t dead_badges_ = 0;
};

/// The check of a name and a password. Destroying it takes the question back.
class SignIn::PasswordCheck {
public:
    PasswordCheck(SignIn& sign_in, const http::ClientKey& client, std::string_view name, std::string_view password);
    ~PasswordCheck();
    PasswordCheck(const PasswordCheck&) = delete;
    PasswordCheck& operator=(const PasswordCheck&) = delete;

    /// Starts, or goes on after a wake; nullopt: `wake` will come back.
    [[nodiscard]] std::optional<Outcome> advance(http::Wake wake);

private:
    [[nodiscard]] Outcome outcome_of(const Verdict& verdict) const;

    SignIn& sign_in_;
    http::ClientKey client_;
    std::string name_;
    std::unique_ptr<Question> question_;  ///< null: nobody can have such a name or password, or it has to wait
    Wait wait_;
};

}  // namespace access_control
