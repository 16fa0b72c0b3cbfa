// The forms are small, so they are kept whole. When its client leaves, a check is given up.
#include "site/sign_in_pages.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "handler/error_page.h"
#include "handler/kept_request.h"
#include "handler/ready_answer.h"
#include "handler/small_body.h"
#include "http/form.h"
#include "site/badge_cookie.h"
#include "site/cross_site.h"
#include "site/return_path.h"
#include "site/small_form.h"

namespace site {
namespace {

using access_control::SignIn;
using handler::KeptRequest;
using http::Status;

constexpr http::Refusal kNoForm{Status::unsupported_media_type,
                                "signing in takes a form: application/x-www-form-urlencoded with name and password."};
constexpr http::Refusal kBadForm{Status::unprocessable_content,
                                 "the form of signing in has the fields name, password and to, each once."};
constexpr http::Refusal kNobody{Status::service_unavailable, "nobody can sign in at the moment."};

/// 303 (RFC 9110 §15.4.4), which clears or sets the cookie.
http::Response lead_to(const http::Request& request, const std::string& path, std::string_view cookie) {
    http::Response response = handler::error_response(&request, Status::see_other, "go on at the address in Location.");
    response.add("Location", path).add("Set-Cookie", cookie).add("Cache-Control", "no-store");
    return response;
}

/// A form that was not taken, for a person or a program.
http::Response refusal_page(const http::Request& request, const http::Refusal& refusal, std::string_view back) {
    if (!is_navigation(request)) return handler::refusal_response(&request, refusal);
    http::Response response = sign_in_page(request, {refusal.status, refusal.reason, back});
    response.reason = refusal.reason;
    return response;
}

/// Another site on this host may have set a second cookie of the name, so all of them end.
void end_badges(const http::Request& request, SignIn& sign_in) {
    for (const std::string_view text : find_badge_cookies(request)) {
        if (const auto badge = sign_in.badges().find(text)) sign_in.badges().end(*badge);
    }
}

/// Waits until the name and the password are checked.
class SigningIn final : public http::PendingResponse {
public:
    SigningIn(std::unique_ptr<KeptRequest> request, SignIn& sign_in, std::unique_ptr<SignIn::PasswordCheck> check,
              std::string back)
        : request_(std::move(request)), sign_in_(sign_in), check_(std::move(check)), back_(std::move(back)) {}

    [[nodiscard]] bool may_be_given_up() const override { return true; }
    std::optional<http::Response> advance(http::Wake wake) override {
        const auto outcome = check_->advance(wake);
        if (!outcome) return std::nullopt;
        using Kind = SignIn::Outcome::Kind;
        switch (outcome->kind) {
            case Kind::right: return welcome(outcome->badge);
            case Kind::wrong: return refused(Status::unauthorized, outcome->reason);
            case Kind::slowed: return refused(Status::too_many_requests, outcome->reason, outcome->wait_ms);
            case Kind::unanswered: break;
        }
        return refused(Status::service_unavailable, outcome->reason, 1'000);
    }

private:
    /// The badge that this browser had before ends: it has one at a time.
    [[nodiscard]] http::Response welcome(const std::string& badge) {
        const http::Request& request = request_->get();
        end_badges(request, sign_in_);
        return lead_to(request, back_, badge_cookie(request, badge, sign_in_.badges().lasting_s()));
    }

    [[nodiscard]] http::Response refused(Status status, std::string_view reason, base::MonotonicMs wait_ms = 0) const {
        const std::string seconds = std::to_string((wait_ms + 999) / 1000);
        std::string sentence(reason);
        if (status == Status::too_many_requests) sentence += "; try again in " + seconds + " s";
        const http::Request& request = request_->get();
        http::Response response = is_navigation(request) ? sign_in_page(request, {status, sentence += ".", back_})
                                                         : handler::error_response(&request, status, sentence += ".");
        response.reason = reason;
        if (wait_ms > 0) response.add("Retry-After", seconds);
        return response;
    }

    std::unique_ptr<KeptRequest> request_;
    SignIn& sign_in_;
    std::unique_ptr<SignIn::PasswordCheck> check_;
    std::string back_;
};

/// Takes the form of either page.
class SignInForm final : public handler::SmallBodySink {
public:
    SignInForm(const http::Request& request, SignIn& sign_in, handler::SmallBody body)
        : SmallBodySink(std::move(body)), request_(std::make_unique<KeptRequest>(request)), sign_in_(sign_in) {}

private:
    std::unique_ptr<http::PendingResponse> answer(std::string body) override {
        const http::Request& request = request_->get();
        const auto fields = http::parse_form(body, kFormLimits);
        const auto wanted = fields ? take_value(*fields, "to") : std::nullopt;
        if (!wanted) return refuse(kBadForm);
        std::string back = return_path(*wanted);
        if (request.path() == kSignOutPath) return sign_out(back);
        const auto name = take_value(*fields, "name");
        const auto password = take_value(*fields, "password");
        if (!name || !password) return refuse_back(kBadForm, back);
        auto check = sign_in_.check_password(request.client.key, *name, *password);
        return std::make_unique<SigningIn>(std::move(request_), sign_in_, std::move(check), std::move(back));
    }
    std::unique_ptr<http::PendingResponse> refuse(const http::Refusal& refusal) override {
        return refuse_back(refusal, "/");
    }
    /// `back`: where the page leads once its visitor is signed in.
    [[nodiscard]] std::unique_ptr<http::PendingResponse> refuse_back(const http::Refusal& refusal,
                                                                     std::string_view back) const {
        return std::make_unique<handler::ReadyAnswer>(refusal_page(request_->get(), refusal, back));
    }
    /// Also without a badge that counts: whoever asks for it has none afterwards.
    std::unique_ptr<http::PendingResponse> sign_out(const std::string& back) {
        const http::Request& request = request_->get();
        end_badges(request, sign_in_);
        return std::make_unique<handler::ReadyAnswer>(lead_to(request, back, badge_cookie(request, {}, 0)));
    }

    std::unique_ptr<KeptRequest> request_;
    SignIn& sign_in_;
};

/// The value of "to" in the query of a link to the page.
std::string wanted_by_query(const http::Request& request) {
    const auto fields = http::parse_form(request.query(), kFormLimits);
    return fields ? take_value(*fields, "to").value_or("") : std::string();
}

}  // namespace

handler::Decision SignInPages::handle(const http::Request& request) {
    if (http::is_safe(request.method)) {
        const std::string back = return_path(wanted_by_query(request));
        return sign_in_page(request, {Status::ok, {}, back});
    }
    if (const auto fault = find_foreign_fault(request)) return handler::refusal_response(&request, *fault);
    if (sign_in_ == nullptr || !config_.has_sign_in_page) return handler::refusal_response(&request, kNobody);
    const bool is_empty = request.body_length() == 0 && request.path() == kSignOutPath;
    if (!is_empty && !is_form(request)) return handler::refusal_response(&request, kNoForm);
    auto body = handler::SmallBody::of(request, kMostFormBytes);
    if (!body) return std::move(body.error());
    return std::make_unique<SignInForm>(request, *sign_in_, std::move(*body));
}

}  // namespace site
