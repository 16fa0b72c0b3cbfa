// Which rules a request follows.
#include "site/site.h"

#include "handler/error_page.h"
#include "site/badge_cookie.h"
#include "site/cross_site.h"
#include "site/loggable_target.h"

namespace site {
namespace {

/// A deleted file keeps its blocks while an entry of the cache holds it open.
constexpr base::MonotonicMs kTidyEveryMs = 5'000;
constexpr base::UnixNs kKeepUnusedNs = 30 * base::kNsPerSecond;

/// This process may not change anything: another one of this server does. The connection ends, so that the next attempt
/// reaches the newer process.
http::Response refuse_writing(const http::Request& request) {
    http::Response response = handler::refusal_response(
        &request, {http::Status::service_unavailable,
                   "the server is being replaced by a newer process of its own: try again in a moment."});
    response.close = true;
    return response;
}

}  // namespace

Site::Site(const storage::FileRoot& root, const std::shared_ptr<const SiteConfig>& rules, const base::Clock& clock,
           const base::ArrivalClock& arrivals, storage::DiskQueue& disk, base::MemoryBudget& memory, Writer writer)
    : state_(root, *rules, clock, arrivals, disk, memory, writer),
      tidied_ms_(clock.now_ms()),
      ruled_(std::make_shared<RuledSite>(state_, rules)) {}

void Site::replace_rules(const std::shared_ptr<const SiteConfig>& rules) {
    state_.follow(*rules);
    ruled_ = std::make_shared<RuledSite>(state_, rules);
}

/// A request that has to wait until the process before this one changes nothing any more. It keeps the rules with which
/// it came.
class Site::WriteAwaited final : public handler::PendingDecision {
public:
    WriteAwaited(Site& site, std::shared_ptr<RuledSite> ruled) : site_(site), ruled_(std::move(ruled)) {}

    std::optional<handler::Decision> advance(http::Request& request, http::Wake wake) override {
        WriteTurn& turn = site_.state_.turn;
        if (turn.is_ours()) {
            auto instead = site_.admit_under(ruled_, request);
            return instead ? std::move(*instead) : ruled_->decide(request);
        }
        const base::MonotonicMs now_ms = site_.state_.clock.now_ms();
        if (!until_ms_) {
            until_ms_ = now_ms + WriteTurn::kLongestWaitMs;
            if (!turn.wait(wake)) until_ms_ = now_ms;
            site_.state_.disk.wakes().wake_at(wake, *until_ms_);
        }
        if (now_ms < *until_ms_) return std::nullopt;
        return refuse_writing(request);
    }

private:
    Site& site_;
    std::shared_ptr<RuledSite> ruled_;
    std::optional<base::MonotonicMs> until_ms_;
};

handler::Decision Site::await_writing(http::Request& request) {
    if (state_.turn.is_awaited()) return std::make_unique<WriteAwaited>(*this, ruled_);
    http::Response response = refuse_writing(request);
    ruled_->decorate(&request, response);
    return response;
}

std::optional<handler::Decision> Site::admit(http::Request& request) {
    if (!state_.turn.is_ours() && may_change(request)) return await_writing(request);
    auto instead = admit_under(ruled_, request);
    auto* const response = instead ? std::get_if<http::Response>(&*instead) : nullptr;
    if (response != nullptr) ruled_->decorate(&request, *response);
    return instead;
}

/// Most requests need none of this and pass after two checks. A response is not decorated yet.
std::optional<handler::Decision> Site::admit_under(const std::shared_ptr<RuledSite>& ruled,
                                                   http::Request& request) const {
    using enum http::FieldName;
    if (ruled->has_prefix()) {
        if (auto elsewhere = ruled->enter_prefix(request)) return std::move(*elsewhere);
    }
    if (state_.sign_in == nullptr) {
        return request.certified == nullptr ? std::nullopt : find_certified(request, ruled);
    }
    const bool may_have_user = request.certified != nullptr || request.fields.has_any(authorization, cookie);
    if (!ruled->may_show_link(request) && !may_have_user) return std::nullopt;
    return identify(request, ruled);
}

/// Requests that are only led to https are not asked who sends them. The link is looked up first; what it gives is
/// added to the rights of the user who signed in.
std::optional<handler::Decision> Site::identify(http::Request& request, const std::shared_ptr<RuledSite>& ruled) const {
    if (ruled->leads_away(request)) return std::nullopt;
    std::optional<handler::Decision> instead;
    if (auto link = ruled->find_link(request)) {
        const auto then = [this, ruled](http::Request& known) {
            auto refused = find_user(known, ruled);
            return refused ? std::move(*refused) : ruled->decide(known);
        };
        instead = state_.sign_in->admit_link(request, link->maker, std::move(link->shared), then);
    }
    if (!instead) instead = find_user(request, ruled);
    return instead;
}

/// Credentials in Authorization count first, then the cookie of a user who signed in on the page, and then the
/// certificate, which browsers show by themselves.
std::optional<handler::Decision> Site::find_user(http::Request& request,
                                                 const std::shared_ptr<RuledSite>& ruled) const {
    if (request.fields.has(http::FieldName::authorization)) {
        return state_.sign_in->admit(request, [ruled](const http::Request& known) { return ruled->decide(known); });
    }
    if (ruled->takes_badge(request)) {
        const auto then = [this, ruled](http::Request& known) {
            auto instead = known.user == nullptr ? find_certified(known, ruled) : std::nullopt;
            return instead ? std::move(*instead) : ruled->decide(known);
        };
        auto instead = state_.sign_in->admit_badge(request, find_badge_cookie(request).value, then);
        if (instead || request.user != nullptr) return instead;
    }
    return find_certified(request, ruled);
}

/// Without a users file nobody is asked: the name in the certificate is all that is known.
std::optional<handler::Decision> Site::find_certified(http::Request& request,
                                                      const std::shared_ptr<RuledSite>& ruled) const {
    if (!takes_certificate(request) || !ruled->takes_certificates()) return std::nullopt;
    if (state_.sign_in != nullptr) {
        return state_.sign_in->admit_certified(request,
                                               [ruled](const http::Request& known) { return ruled->decide(known); });
    }
    request.signed_in_by = http::SignedInBy::certificate;
    request.user = request.certified;
    return std::nullopt;
}

handler::Decision Site::handle(const http::Request& request) {
    if (state_.clock.now_ms() - tidied_ms_ >= kTidyEveryMs) {
        tidied_ms_ = state_.clock.now_ms();
        state_.cache.drop_unused(kKeepUnusedNs);
    }
    return ruled_->handle(request);
}

void Site::decorate(const http::Request* request, http::Response& response) { ruled_->decorate(request, response); }

std::string_view Site::loggable(std::string_view target, std::string& storage) const {
    return loggable_target(target, storage);
}

}  // namespace site
