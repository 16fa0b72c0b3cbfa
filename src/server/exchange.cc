// The moves of an exchange, and what it owns in each state.
#include "server/exchange.h"

#include <utility>

#include "base/invariant.h"
#include "handler/error_page.h"

namespace server {

void Exchange::fail(ExchangeEvent event) const {
    base::fail_invariant("exchange", state_name(state_), event_name(event));
}

void Exchange::reset() {
    request.clear();
    state_ = ExchangeState::receiving;
    request_body_ = RequestBody::none;
    quiet_ = false;
    waits_for_content_ = false;
    status_ = http::Status::ok;
    reason_ = {};
    if (!changes_.empty()) changes_ = http::Changes();
    decision_.reset();
    sink_.reset();
    work_.reset();
    entry_.reset();
    content_.reset();
    pinned_.reset();
    forwarded_.reset();
    request_id_.clear();
    share_.reset();
    change_ = {};
    shares_ = nullptr;
}

std::size_t Exchange::memory_bytes() const {
    std::size_t bytes = http::memory_bytes(content_.body);
    if (sink_) bytes += sink_->memory_bytes();
    if (work_) bytes += work_->memory_bytes();
    return bytes;
}

void Exchange::identify(const http::Client& client, const net::PeerAddress& peer,
                        std::span<const net::AddressRange> trusted_proxies, RequestShares& shares) {
    request.client = client;
    shares_ = &shares;
    if (client.is_forwarded) forwarded_ = take_forwarded(request, peer, trusted_proxies);
}

/// A head that was not understood has no text, so its fields are not looked at.
void Exchange::name_request(const http::Client& client, RequestIds& ids) {
    if (!request_id_.empty()) return;
    if (client.is_forwarded && !request.text.empty()) request_id_ = find_request_id(request);
    if (request_id_.empty()) request_id_ = ids.next();
}

handler::Decision Exchange::ask(handler::Handler& handler) {
    move(ExchangeEvent::asked);
    if (shares_ != nullptr && !shares_->admit(request.client)) return refuse_share(handler);
    if (std::optional<handler::Decision> instead = handler.admit(request)) {
        hold_rules(*instead, handler);
        return std::move(*instead);
    }
    return ask_known(handler);
}

/// A function of its own with one thing to return: a response is large to move.
handler::Decision Exchange::ask_known(handler::Handler& handler) {
    handler::Decision decision = handler.handle(request);
    hold_rules(decision, handler);
    return decision;
}

/// Keeps the rules of now for a decision whose work or content comes later.
void Exchange::hold_rules(const handler::Decision& decision, handler::Handler& handler) {
    const auto* const response = std::get_if<http::Response>(&decision);
    if (response == nullptr || http::is_source(response->body)) pinned_ = handler.pin();
    if (response == nullptr && shares_ != nullptr && handler.may_change(request)) change_ = shares_->count_change();
}

handler::Decision Exchange::refuse_share(handler::Handler& handler) const {
    http::Response response = handler::refusal_response(
        &request, {http::Status::too_many_requests,
                   "too many requests from your address are under way: try again when some have ended."});
    handler.decorate(&request, response);
    return response;
}

http::Response Exchange::refuse(handler::Handler& handler, const http::Refusal& refusal) const {
    const bool has_head = request_body_ == RequestBody::unread;
    http::Response response = handler::refusal_response(has_head ? &request : nullptr, refusal);
    if (has_head) {
        decorate(handler, response);
    } else {
        handler.decorate(nullptr, response);
    }
    return response;
}

void Exchange::adopt(handler::Decision decision) {
    stay();
    if (auto* sink = std::get_if<std::unique_ptr<http::BodySink>>(&decision)) {
        sink_ = std::move(*sink);
        move(ExchangeEvent::body_wanted);
    } else if (auto* work = std::get_if<std::unique_ptr<http::PendingResponse>>(&decision)) {
        work_ = std::move(*work);
        move(ExchangeEvent::work_begun);
    } else {
        decision_ = std::move(std::get<std::unique_ptr<handler::PendingDecision>>(decision));
    }
}

std::expected<void, http::Refusal> Exchange::write(std::span<const std::byte> bytes) {
    if (sink_ == nullptr) return {};
    return sink_->write(bytes);
}

http::Refusal Exchange::incomplete() const {
    if (sink_ == nullptr) return {http::Status::bad_request, "the body ended before its announced end"};
    return sink_->incomplete();
}

void Exchange::end_body(std::string_view trailers) {
    request_body_ = RequestBody::ended;
    if (sink_ == nullptr) return;
    work_ = sink_->finish(trailers);
    sink_.reset();
    move(ExchangeEvent::work_begun);
}

std::optional<http::Response> Exchange::advance(handler::Handler& handler, ExchangeTable& table) {
    const http::Wake wake = wake_in(table);
    std::optional<http::Response> response;
    while (state_ == ExchangeState::deciding) {
        std::optional<handler::Decision> decision = decision_->advance(request, wake);
        if (!decision) return std::nullopt;
        decision_.reset();
        if (auto* decided = std::get_if<http::Response>(&*decision)) {
            response = std::move(*decided);
            break;
        }
        adopt(std::move(*decision));
    }
    if (state_ == ExchangeState::pending) response = work_->advance(wake);
    if (response) decorate(handler, *response);
    return response;
}

void Exchange::respond(http::Response&& response) {
    move(ExchangeEvent::response_ready);
    decision_.reset();
    sink_.reset();
    if (work_ != nullptr) changes_ = work_->take_changes();
    work_.reset();
    change_ = {};
    take_content(std::move(response));
}

void Exchange::respond_instead(http::Response&& response) {
    content_.reset();
    take_content(std::move(response));
}

void Exchange::take_content(http::Response&& response) {
    status_ = response.status;
    reason_ = response.reason;
    quiet_ = response.quiet;
    waits_for_content_ = false;
    const bool without_content = request.method == http::Method::head || http::forbids_content(response.status);
    if (!without_content) content_.take(std::move(response.body));
}

void Exchange::abort() {
    const bool is_given_up = state_ == ExchangeState::pending && work_->may_be_given_up();
    move(is_given_up ? ExchangeEvent::given_up : ExchangeEvent::aborted);
    work_.reset();
    decision_.reset();
    sink_.reset();
    content_.reset();
    change_ = {};
}

}  // namespace server
