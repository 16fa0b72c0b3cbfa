// The cache comes first: who signed in lately is not slowed down by others who guess.
#include "access_control/sign_in.h"

#include <string>
#include <utility>

#include "access_control/password_hash.h"
#include "access_control/users_file.h"
#include "handler/error_page.h"

namespace access_control {
namespace {

using http::FieldName;
using http::Status;

// Of static lifetime: the error log has them as the reason. The first one is what tools that ban addresses look for.
constexpr std::string_view kWrong = "sign-in failed: the name, the password or the token is wrong";
constexpr std::string_view kSlowed = "sign-in slowed down: too many failed ones";
constexpr std::string_view kNoAnswer = "sign-in not possible at the moment: too many wait, or the check gave no answer";
constexpr std::string_view kTwice = "Authorization stands twice";

handler::Decision refusal(const http::Request& request, Status status, std::string_view sentence) {
    return handler::refusal_response(&request, {status, sentence});
}

/// No user has such a name or password, and everybody may know that.
bool is_too_long(const Credentials& credentials) {
    return credentials.name.size() > kMaxNameBytes || credentials.secret.size() > kMaxPasswordBytes;
}

}  // namespace

/// A question that waits for its answer. Destroying it takes the question back.
class SignIn::Pending final : public handler::PendingDecision {
public:
    Pending(SignIn& sign_in, Credentials credentials, const http::ClientKey& client, Then then)
        : sign_in_(sign_in),
          credentials_(std::move(credentials)),
          share_(sign_in.asking_.count(client)),
          then_(std::move(then)) {}
    Pending(const Pending&) = delete;
    Pending& operator=(const Pending&) = delete;
    ~Pending() override {
        if (ticket_) sign_in_.verifier_.forget(*ticket_);
    }

    std::optional<handler::Decision> advance(http::Request& request, http::Wake wake) override {
        if (!ticket_) {
            ticket_ = sign_in_.verifier_.ask(credentials_, wake);
            if (!ticket_) return sign_in_.judge(request, credentials_.name, {});
        }
        const auto verdict = sign_in_.verifier_.take(*ticket_);
        if (!verdict) return std::nullopt;
        ticket_.reset();
        if (auto refused = sign_in_.judge(request, credentials_.name, *verdict)) return refused;
        return then_(request);
    }

private:
    SignIn& sign_in_;
    Credentials credentials_;
    http::ClientShares::Share share_;
    Then then_;
    std::optional<Verifier::Ticket> ticket_;  ///< while the verifier has the question
};

std::optional<handler::Decision> SignIn::admit(http::Request& request, const Then& then) {
    const auto field = request.find(FieldName::authorization);
    if (!field) return std::nullopt;
    if (request.fields.count(FieldName::authorization) > 1) return refusal(request, Status::bad_request, kTwice);
    if (auto user = cache_.find(*field)) {
        request.user = std::move(user);
        return std::nullopt;
    }
    auto credentials = parse_credentials(*field);
    if (!credentials) return refusal(request, Status::unauthorized, credentials.error());
    if (auto obstacle = find_obstacle(request, credentials->name)) return obstacle;
    if (is_too_long(*credentials)) return judge(request, credentials->name, {Verdict::Kind::wrong, nullptr});
    return std::make_unique<Pending>(*this, std::move(*credentials), request.client.key, then);
}

std::optional<handler::Decision> SignIn::find_obstacle(const http::Request& request, std::string_view name) {
    if (const base::MonotonicMs wait_ms = limits_.wait_ms(request.client.key, name); wait_ms > 0) {
        return slow_down(request, wait_ms);
    }
    if (asking_.of(request.client.key) >= kMostOfOneClient) return slow_down(request, 1'000);
    return std::nullopt;
}

handler::Decision SignIn::slow_down(const http::Request& request, base::MonotonicMs wait_ms) {
    ++slowed_;
    http::Response response = handler::error_response(&request, Status::too_many_requests, kSlowed);
    response.reason = kSlowed;
    response.add("Retry-After", std::to_string((wait_ms + 999) / 1000));
    return response;
}

std::optional<handler::Decision> SignIn::judge(http::Request& request, std::string_view name, const Verdict& verdict) {
    switch (verdict.kind) {
        case Verdict::Kind::right:
            ++right_;
            limits_.note_success(request.client.key, name);
            cache_.keep(request.find(FieldName::authorization).value_or(""), verdict.user);
            request.user = verdict.user;
            return std::nullopt;
        case Verdict::Kind::wrong:
            ++wrong_;
            limits_.note_failure(request.client.key, name);
            return refusal(request, Status::unauthorized, kWrong);
        case Verdict::Kind::failed: break;
    }
    ++unanswered_;
    return refusal(request, Status::service_unavailable, kNoAnswer);
}

base::Counters::Registration SignIn::register_counters(base::Counters& counters) {
    using enum base::CounterKind;
    return counters.add({
        base::counter("sign_ins", total, "times that a name and password, or a token, was checked and right", right_),
        base::counter("sign_ins_failed", total, "times that it was wrong", wrong_),
        base::counter("sign_ins_slowed", total, "tries that were refused unseen, after too many failed ones", slowed_),
        base::counter("sign_ins_unanswered", total, "tries that nobody could check", unanswered_),
        {"sign_ins_remembered", gauge, "credentials that were right lately", [this] { return cache_.size(); }},
    });
}

}  // namespace access_control
