// The cache comes first, so that a user who signed in lately is not slowed down by others who guess.
#include "access_control/sign_in.h"

#include <string>
#include <utility>

#include "access_control/password_hash.h"
#include "access_control/tokens.h"
#include "access_control/users_file.h"
#include "handler/error_page.h"

namespace access_control {
namespace {

using http::FieldName;
using http::SignedInBy;
using http::Status;

// Of static lifetime: the error log has them as the reason. The first one is what tools that ban addresses look for.
constexpr std::string_view kWrong = "sign-in failed: the name, the password or the token is wrong";
constexpr std::string_view kSlowed = "sign-in slowed down: too many failed ones";
// These are no guesses, so their words differ from those that such tools look for.
constexpr std::string_view kManySignIns = "too many requests of this client wait until its name is checked";
constexpr std::string_view kManyBadges = "too many requests of this client wait until its cookie is looked at";
constexpr std::string_view kManyLinks = "too many requests of this client wait until its share link is looked at";
constexpr std::string_view kNoMaker = "nobody can say at the moment whether the share link counts";
constexpr std::string_view kManyNames = "too many requests of this client wait until the groups of its user are known";
constexpr std::string_view kNoAnswer = "sign-in not possible at the moment: too many wait, or the check gave no answer";
constexpr std::string_view kTwice = "Authorization stands twice";

handler::Decision refusal(const http::Request& request, Status status, std::string_view sentence) {
    return handler::refusal_response(&request, {status, sentence});
}

/// No user has such a name or password, and everybody may know that.
bool is_too_long(const Credentials& credentials) {
    return credentials.name.size() > kMaxNameBytes || credentials.secret.size() > kMaxPasswordBytes;
}

/// Words for a failure in the error log and for the client; none for a right one.
std::string_view reason_of(Verdict::Kind kind) {
    switch (kind) {
        case Verdict::Kind::right: return {};
        case Verdict::Kind::wrong: return kWrong;
        case Verdict::Kind::failed: break;
    }
    return kNoAnswer;
}

}  // namespace

bool has_sign_in_page() { return has_password_hashes() && has_tokens(); }

/// What the verifier is asked, until its answer. Destroying it takes the question back. A check that had begun then
/// counts as a failed one: otherwise a client could guess without end by hanging up before each answer.
class SignIn::Question {
public:
    Question(SignIn& sign_in, Credentials credentials, http::ClientShares::Share share)
        : sign_in_(sign_in), credentials_(std::move(credentials)), share_(std::move(share)) {}
    Question(const Question&) = delete;
    Question& operator=(const Question&) = delete;
    ~Question() {
        if (!ticket_ || sign_in_.verifier_.forget(*ticket_) == Verifier::Forgotten::unasked) return;
        const bool is_guess =
            credentials_.scheme == Credentials::Scheme::basic || credentials_.scheme == Credentials::Scheme::bearer;
        if (is_guess) sign_in_.note_given_up(share_.client(), credentials_.name);
    }

    [[nodiscard]] const Credentials& credentials() const { return credentials_; }
    std::optional<Verdict> advance(http::Wake wake) {
        if (!ticket_) {
            ticket_ = sign_in_.verifier_.ask(credentials_, wake);
            if (!ticket_) return Verdict{};
        }
        auto verdict = sign_in_.verifier_.take(*ticket_);
        if (verdict) ticket_.reset();
        return verdict;
    }

private:
    SignIn& sign_in_;
    Credentials credentials_;
    http::ClientShares::Share share_;
    std::optional<Verifier::Ticket> ticket_;  ///< while the verifier has the question
};

class SignIn::Pending final : public handler::PendingDecision {
public:
    Pending(SignIn& sign_in, Credentials credentials, http::ClientShares::Share share, Then then)
        : sign_in_(sign_in), question_(sign_in, std::move(credentials), std::move(share)), then_(std::move(then)) {}

    std::optional<handler::Decision> advance(http::Request& request, http::Wake wake) override {
        const auto verdict = question_.advance(wake);
        if (!verdict) return std::nullopt;
        if (auto refused = judge(request, *verdict)) return refused;
        return then_(request);
    }

private:
    [[nodiscard]] std::optional<handler::Decision> judge(http::Request& request, const Verdict& verdict) {
        const Credentials& credentials = question_.credentials();
        switch (credentials.scheme) {
            case Credentials::Scheme::basic:
            case Credentials::Scheme::bearer: return sign_in_.judge(request, credentials.name, verdict);
            case Credentials::Scheme::badge: return sign_in_.judge_badge(request, credentials, verdict);
            case Credentials::Scheme::name_alone: break;
        }
        return sign_in_.judge_certified(request, verdict);
    }

    SignIn& sign_in_;
    Question question_;
    Then then_;
};

class SignIn::PendingLink final : public handler::PendingDecision {
public:
    PendingLink(SignIn& sign_in, const std::string& maker, http::SharedPath shared, http::ClientShares::Share share,
                Then then)
        : sign_in_(sign_in),
          question_(sign_in, {Credentials::Scheme::name_alone, maker, {}}, std::move(share)),
          shared_(std::move(shared)),
          then_(std::move(then)) {}

    std::optional<handler::Decision> advance(http::Request& request, http::Wake wake) override {
        const auto verdict = question_.advance(wake);
        if (!verdict) return std::nullopt;
        if (auto refused = sign_in_.judge_maker(request, question_.credentials().name, std::move(shared_), *verdict)) {
            return refused;
        }
        return then_(request);
    }

private:
    SignIn& sign_in_;
    Question question_;
    http::SharedPath shared_;
    Then then_;
};

std::optional<handler::Decision> SignIn::admit(http::Request& request, const Then& then) {
    const auto field = request.find(FieldName::authorization);
    if (!field) return std::nullopt;
    request.signed_in_by = SignedInBy::field;
    if (request.fields.count(FieldName::authorization) > 1) return refusal(request, Status::bad_request, kTwice);
    if (auto user = cache_.find(*field)) {
        request.user = std::move(user);
        return std::nullopt;
    }
    auto credentials = parse_credentials(*field);
    if (!credentials) return refusal(request, Status::unauthorized, credentials.error());
    const http::ClientKey& client = request.client.key;
    if (const Wait wait = find_wait(client, credentials->name); wait.ms > 0) return slow_down(request, wait);
    if (is_too_long(*credentials)) return judge(request, credentials->name, {Verdict::Kind::wrong, nullptr});
    return std::make_unique<Pending>(*this, std::move(*credentials), asking_.count(client), then);
}

std::optional<handler::Decision> SignIn::admit_badge(http::Request& request, std::string_view text, const Then& then) {
    auto badge = badges_.find(text);
    if (!badge) {
        ++dead_badges_;
        request.signed_in_by = SignedInBy::dead_badge;
        return std::nullopt;
    }
    Credentials credentials{Credentials::Scheme::badge, std::move(badge->name), std::move(badge->stamp)};
    if (auto user = badge_cache_.find(sign_in_key(credentials.name, credentials.secret))) {
        request.signed_in_by = SignedInBy::badge;
        request.user = std::move(user);
        return std::nullopt;
    }
    const http::ClientKey& client = request.client.key;
    if (asking_for_badges_.of(client) >= kMostBadgesOfOneClient) return slow_down(request, {1'000, kManyBadges});
    return std::make_unique<Pending>(*this, std::move(credentials), asking_for_badges_.count(client), then);
}

std::optional<handler::Decision> SignIn::admit_certified(http::Request& request, const Then& then) {
    const std::string& name = request.certified->name;
    if (auto user = certified_cache_.find(name)) {
        return judge_certified(request, {Verdict::Kind::right, std::move(user)});
    }
    const http::ClientKey& client = request.client.key;
    if (asking_for_badges_.of(client) >= kMostBadgesOfOneClient) return slow_down(request, {1'000, kManyNames});
    Credentials credentials{Credentials::Scheme::name_alone, name, {}};
    return std::make_unique<Pending>(*this, std::move(credentials), asking_for_badges_.count(client), then);
}

std::optional<handler::Decision> SignIn::admit_link(http::Request& request, const std::string& maker,
                                                    http::SharedPath shared, const Then& then) {
    if (auto user = maker_cache_.find(maker)) {
        return judge_maker(request, maker, std::move(shared), {Verdict::Kind::right, std::move(user)});
    }
    const http::ClientKey& client = request.client.key;
    if (asking_for_badges_.of(client) >= kMostBadgesOfOneClient) return slow_down(request, {1'000, kManyLinks});
    return std::make_unique<PendingLink>(*this, maker, std::move(shared), asking_for_badges_.count(client), then);
}

SignIn::Wait SignIn::find_wait(const http::ClientKey& client, std::string_view name) const {
    if (const base::MonotonicMs wait_ms = limits_.wait_ms(client, name); wait_ms > 0) return {wait_ms, kSlowed};
    if (asking_.of(client) >= kMostOfOneClient) return {1'000, kManySignIns};
    return {};
}

handler::Decision SignIn::slow_down(const http::Request& request, const Wait& wait) {
    ++slowed_;
    http::Response response = handler::error_response(&request, Status::too_many_requests, wait.reason);
    response.reason = wait.reason;
    response.add("Retry-After", std::to_string((wait.ms + 999) / 1000));
    return response;
}

void SignIn::note_given_up(const http::ClientKey& client, std::string_view name) {
    ++given_up_;
    limits_.note_failure(client, name);
}

void SignIn::note(const http::ClientKey& client, std::string_view name, Verdict::Kind kind) {
    switch (kind) {
        case Verdict::Kind::right:
            ++right_;
            limits_.note_success(client, name);
            return;
        case Verdict::Kind::wrong:
            ++wrong_;
            limits_.note_failure(client, name);
            return;
        case Verdict::Kind::failed: ++unanswered_; return;
    }
}

std::optional<handler::Decision> SignIn::judge(http::Request& request, std::string_view name, const Verdict& verdict) {
    note(request.client.key, name, verdict.kind);
    switch (verdict.kind) {
        case Verdict::Kind::right:
            cache_.keep(request.find(FieldName::authorization).value_or(""), verdict.user);
            request.user = verdict.user;
            return std::nullopt;
        case Verdict::Kind::wrong: return refusal(request, Status::unauthorized, kWrong);
        case Verdict::Kind::failed: break;
    }
    return refusal(request, Status::service_unavailable, kNoAnswer);
}

std::optional<handler::Decision> SignIn::judge_badge(http::Request& request, const Credentials& credentials,
                                                     const Verdict& verdict) {
    switch (verdict.kind) {
        case Verdict::Kind::right:
            badge_cache_.keep(sign_in_key(credentials.name, credentials.secret), verdict.user);
            request.signed_in_by = SignedInBy::badge;
            request.user = verdict.user;
            return std::nullopt;
        case Verdict::Kind::wrong:
            ++dead_badges_;
            request.signed_in_by = SignedInBy::dead_badge;
            return std::nullopt;
        case Verdict::Kind::failed: break;
    }
    ++unanswered_;
    return refusal(request, Status::service_unavailable, kNoAnswer);
}

std::optional<handler::Decision> SignIn::judge_maker(http::Request& request, const std::string& maker,
                                                     http::SharedPath shared, const Verdict& verdict) {
    switch (verdict.kind) {
        case Verdict::Kind::right:
            maker_cache_.keep(maker, verdict.user);
            if (shared.maker_stamp != verdict.user->stamp) {
                request.shown_link = http::ShownLink::over;
                return std::nullopt;
            }
            shared.maker = verdict.user;
            request.shared = std::make_shared<const http::SharedPath>(std::move(shared));
            return std::nullopt;
        case Verdict::Kind::wrong: request.shown_link = http::ShownLink::over; return std::nullopt;
        case Verdict::Kind::failed: break;
    }
    ++unanswered_;
    return refusal(request, Status::service_unavailable, kNoMaker);
}

/// A name that the users file does not have belongs to no group.
std::optional<handler::Decision> SignIn::judge_certified(http::Request& request, const Verdict& verdict) {
    switch (verdict.kind) {
        case Verdict::Kind::right: request.user = verdict.user; break;
        case Verdict::Kind::wrong: request.user = request.certified; break;
        case Verdict::Kind::failed: ++unanswered_; return refusal(request, Status::service_unavailable, kNoAnswer);
    }
    certified_cache_.keep(request.certified->name, request.user);
    if (request.signed_in_by == SignedInBy::nothing) request.signed_in_by = SignedInBy::certificate;
    return std::nullopt;
}

std::unique_ptr<SignIn::PasswordCheck> SignIn::check_password(const http::ClientKey& client, std::string_view name,
                                                              std::string_view password) {
    return std::make_unique<PasswordCheck>(*this, client, name, password);
}

SignIn::PasswordCheck::PasswordCheck(SignIn& sign_in, const http::ClientKey& client, std::string_view name,
                                     std::string_view password)
    : sign_in_(sign_in), client_(client), name_(name.substr(0, kMaxNameBytes)) {
    wait_ = sign_in.find_wait(client, name_);
    if (wait_.ms > 0) return;
    if (auto credentials = make_credentials(name, password)) {
        question_ = std::make_unique<Question>(sign_in, std::move(*credentials), sign_in.asking_.count(client));
    }
}

SignIn::PasswordCheck::~PasswordCheck() = default;

std::optional<SignIn::Outcome> SignIn::PasswordCheck::advance(http::Wake wake) {
    if (wait_.ms > 0) {
        ++sign_in_.slowed_;
        return Outcome{.kind = Outcome::Kind::slowed, .badge = {}, .wait_ms = wait_.ms, .reason = wait_.reason};
    }
    std::optional<Verdict> verdict = Verdict{Verdict::Kind::wrong, nullptr};
    if (question_ != nullptr) verdict = question_->advance(wake);
    if (!verdict) return std::nullopt;
    sign_in_.note(client_, name_, verdict->kind);
    return outcome_of(*verdict);
}

SignIn::Outcome SignIn::PasswordCheck::outcome_of(const Verdict& verdict) const {
    Outcome outcome{.kind = Outcome::Kind::unanswered, .badge = {}, .wait_ms = 0, .reason = reason_of(verdict.kind)};
    if (verdict.kind == Verdict::Kind::wrong) outcome.kind = Outcome::Kind::wrong;
    if (verdict.kind != Verdict::Kind::right) return outcome;
    outcome.badge = sign_in_.badges_.make(verdict.user->name, verdict.user->stamp);
    outcome.kind = outcome.badge.empty() ? Outcome::Kind::unanswered : Outcome::Kind::right;
    if (outcome.badge.empty()) outcome.reason = kNoAnswer;
    return outcome;
}

base::Counters::Registration SignIn::register_counters(base::Counters& counters) {
    using enum base::CounterKind;
    return counters.add({
        base::counter("sign_ins", total, "times that a name and password, or a token, was checked and right", right_),
        base::counter("sign_ins_failed", total, "times that it was wrong", wrong_),
        base::counter("sign_ins_slowed", total, "tries that were refused unseen, after too many failed ones", slowed_),
        base::counter("sign_ins_given_up", total, "checks whose client left meanwhile, which count as wrong",
                      given_up_),
        base::counter("sign_ins_unanswered", total, "tries that nobody could check", unanswered_),
        {"sign_ins_remembered", gauge, "credentials that were right lately",
         [this] { return cache_.size() + badge_cache_.size() + maker_cache_.size() + certified_cache_.size(); }},
        base::counter("badges_made", total, "browsers that signed in on the page", badges_.made()),
        base::counter("badges_ended", total, "browsers that signed out", badges_.ended()),
        base::counter("badges_refused", total, "requests with a badge that does not count", dead_badges_),
    });
}

}  // namespace access_control
