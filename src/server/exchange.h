// One request and its response, whatever carries them: from the request's first byte until the last byte of the
// response was handed over (docs/state-machine.md). It knows requests, decisions, sinks and bodies; it knows no wire
// format and no socket. A connection drives it: HTTP/1 one after the other (server/http1/connection.h).
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "handler/handler.h"
#include "http/body.h"
#include "http/change.h"
#include "http/request.h"
#include "http/response.h"
#include "http/status.h"
#include "net/address.h"
#include "net/address_range.h"
#include "net/token.h"
#include "server/client_identity.h"
#include "server/exchange_state.h"
#include "server/exchange_table.h"
#include "server/request_id.h"
#include "server/request_shares.h"
#include "server/response_producer.h"

namespace server {

class Exchange {
public:
    /// How much of the request's body was read.
    enum class RequestBody : std::uint8_t { none, unread, ended };

    /// A new request on `connection`, whose first byte was seen at `now_ms`. After construction or reset().
    void begin(net::Token connection, base::MonotonicMs now_ms) {
        connection_ = connection;
        begun_ms_ = now_ms;
    }
    /// Ready for the next begin(); keeps the memory of its strings. Work under way is given up.
    void reset();

    [[nodiscard]] ExchangeState state() const { return state_; }
    /// The connection that this exchange belongs to.
    [[nodiscard]] net::Token connection() const { return connection_; }

    // ---- receiving. The wire format fills `request` in, asks the handler, and gives the body to the sink, if any.

    http::Request request;

    /// The head announces a body.
    void expect_body() { request_body_ = RequestBody::unread; }
    [[nodiscard]] RequestBody request_body() const { return request_body_; }

    /// Notes whom the request counts for, before the handler is asked. `client`: of the connection, whose peer is
    /// `peer`.
    void identify(const http::Client& client, const net::PeerAddress& peer,
                  std::span<const net::AddressRange> trusted_proxies, RequestShares& shares);
    /// The client's address for the logs: `peer`, unless a trusted proxy named another one.
    [[nodiscard]] const net::PeerAddress& address_or(const net::PeerAddress& peer) const {
        return forwarded_ ? *forwarded_ : peer;
    }
    /// Gives the request its id, unless it has one: the id that a trusted proxy sends, or a new one. `client`: of the
    /// connection. Without this call it has none.
    void name_request(const http::Client& client, RequestIds& ids);
    /// Asks `handler` who sends the request, and then for its decision. When the client has too many requests under
    /// way, neither is asked, and the decision is a refusal. A decision that is a Response goes to respond(), any other
    /// one to adopt().
    [[nodiscard]] handler::Decision ask(handler::Handler& handler);
    /// Makes the last changes to a response that handle() did not return, by the rules that the request began with.
    void decorate(handler::Handler& handler, http::Response& response) const {
        (pinned_ ? *pinned_ : handler).decorate(&request, response);
    }
    /// The decorated answer to a request that cannot be read on. What its head says counts only when the body had
    /// begun: otherwise the head may be what was wrong.
    [[nodiscard]] http::Response refuse(handler::Handler& handler, const http::Refusal& refusal) const;
    /// Tells the client the id of its request, if it has one. The last change to a response before its head is written.
    void add_request_id(http::Response& response) const {
        if (!request_id_.empty()) response.add(kRequestIdName, request_id_);
    }
    /// Takes over a decision that is no Response yet. Afterwards: `receiving` where a sink wants the body, `pending` or
    /// `deciding` where advance() has to be called. `request` must stay valid from here on.
    void adopt(handler::Decision decision);

    [[nodiscard]] bool has_sink() const { return sink_ != nullptr; }
    /// As http::BodySink says; where there is no sink the bytes are dropped.
    [[nodiscard]] std::expected<void, http::Refusal> write(std::span<const std::byte> bytes);
    [[nodiscard]] bool catch_up() { return sink_ == nullptr || sink_->catch_up(); }
    [[nodiscard]] std::optional<http::Interim> take_interim(handler::Handler& handler) {
        std::optional<http::Interim> interim = sink_ ? sink_->take_interim() : std::nullopt;
        if (interim) (pinned_ ? *pinned_ : handler).decorate_interim(*interim);
        return interim;
    }
    /// The refusal for a peer that closed its side before the end of the body.
    [[nodiscard]] http::Refusal incomplete() const;
    /// The body is in. With a sink the exchange is `pending` afterwards, and `receiving` without one.
    void end_body(std::string_view trailers);

    // ---- deciding, pending. Both wait for a wake, which names the exchange's token.

    /// Starts the work or goes on with it. Returns the decorated response when it is there. nullopt: call again after a
    /// wake; or the state is `receiving` now, because a sink wants the body.
    [[nodiscard]] std::optional<http::Response> advance(handler::Handler& handler, ExchangeTable& table);

    /// True while the exchange goes on by computing (a digest, a listing, a compression, a commit) instead of just
    /// handing over what there is: such an exchange takes turns with the other heavy ones.
    [[nodiscard]] bool is_working() const {
        return state_ == ExchangeState::pending ||
               (state_ == ExchangeState::responding &&
                std::holds_alternative<std::unique_ptr<http::BodySource>>(content_.body));
    }

    // ---- responding

    /// Takes over the content and destroys its origin. Legal in every state before `responding`.
    void respond(http::Response&& response);
    /// Gives more of the content to `framer`; the state is `done` after Produced::all.
    /// `pulls`: steps of a source that may be done. After Produced::waiting a wake names the exchange's token.
    [[nodiscard]] Produced produce(Framer& framer, std::uint32_t pulls, ExchangeTable& table) {
        const http::Wake wake = content_.may_wait() ? wake_in(table) : 0;
        const Produced produced = server::produce(content_, framer, pulls, wake);
        waits_for_content_ = produced == Produced::waiting;
        if (produced == Produced::all) {
            move(ExchangeEvent::content_ended);
        } else {
            stay();
        }
        return produced;
    }
    /// True while the next bytes of the content come from the disk: nothing can be given before the wake.
    [[nodiscard]] bool waits_for_content() const { return waits_for_content_; }
    /// Another response in place of the one that respond() took, of which nothing has left yet.
    void respond_instead(http::Response&& response);
    /// True while work is pending that goes on to its end whatever the peer does.
    [[nodiscard]] bool has_lasting_work() const {
        return state_ == ExchangeState::pending && !work_->may_be_given_up();
    }
    /// Gives the exchange up. Not while has_lasting_work().
    void abort();

    /// The memory that is held by what makes the response, and by its content.
    [[nodiscard]] std::size_t memory_bytes() const;

    // ---- For the log and the counters

    [[nodiscard]] http::Status status() const { return status_; }
    /// Why the response is a refusal, or what it lacks; empty otherwise.
    [[nodiscard]] std::string_view reason() const { return reason_; }
    /// What the work for the response changed.
    [[nodiscard]] const http::Changes& changes() const { return changes_; }
    /// Not in the access log.
    [[nodiscard]] bool is_quiet() const { return quiet_; }
    /// The bytes of the response's content that were given to the framer so far.
    [[nodiscard]] std::uint64_t content_bytes() const { return content_.bytes; }
    /// As http::BodySource says, once the content has ended.
    [[nodiscard]] std::string_view lack() const {
        const auto* const source = std::get_if<std::unique_ptr<http::BodySource>>(&content_.body);
        return source == nullptr ? std::string_view() : (*source)->lack();
    }
    [[nodiscard]] base::MonotonicMs begun_ms() const { return begun_ms_; }
    /// Empty without --request-id, and for a request whose head did not come whole.
    [[nodiscard]] std::string_view request_id() const { return request_id_; }

private:
    void move(ExchangeEvent event) {
        const std::optional<ExchangeState> next = next_state(state_, event);
        if (!next) fail(event);
        state_ = *next;
    }
    [[noreturn]] void fail(ExchangeEvent event) const;
    void take_content(http::Response&& response);
    /// What comes back when something off the loop is done.
    [[nodiscard]] http::Wake wake_in(ExchangeTable& table) {
        if (!entry_) entry_ = table.enter(*this);
        return entry_.token().packed();
    }
    [[nodiscard]] handler::Decision refuse_share(handler::Handler& handler) const;
    [[nodiscard]] handler::Decision ask_known(handler::Handler& handler);
    void hold_rules(const handler::Decision& decision, handler::Handler& handler);
    /// It is not answered at once: from here on it is one of those that its client has under way.
    void stay() {
        if (shares_ != nullptr && !share_) share_ = shares_->count(request.client);
    }

    ExchangeState state_ = ExchangeState::receiving;
    RequestBody request_body_ = RequestBody::none;
    bool quiet_ = false;
    bool waits_for_content_ = false;
    http::Status status_ = http::Status::ok;
    std::string_view reason_;
    http::Changes changes_;
    net::Token connection_;
    base::MonotonicMs begun_ms_ = 0;
    std::shared_ptr<handler::Handler> pinned_;  ///< outlives what it made: the four below
    std::unique_ptr<handler::PendingDecision> decision_;
    std::unique_ptr<http::BodySink> sink_;
    std::unique_ptr<http::PendingResponse> work_;
    ExchangeTable::Entry entry_;  ///< from the first wait for something off the loop
    Content content_;
    std::optional<net::PeerAddress> forwarded_;
    std::string request_id_;
    RequestShares* shares_ = nullptr;  ///< once the client is known
    http::ClientShares::Share share_;
    RequestShares::Change change_;  ///< until there is a response, where there may be a change
};

}  // namespace server
