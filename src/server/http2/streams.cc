// What the streams of a connection do in its turn: handlers are asked, bodies go to sinks, answers begin. What the
// session says of them: events.cc.
#include <string>
#include <utility>
#include <variant>

#include "handler/error_page.h"
#include "server/exchange_log.h"
#include "server/http2/connection.h"

namespace server::http2 {

using Reading = Exchange::Reading;

// ---- what is done when

void Connection::enqueue(Exchange& exchange) {
    if (exchange.queued) return;
    exchange.queued = true;
    queue_.push_back(&exchange);
}

/// Heavy ones wait for a turn among the heavy ones, and all for the next turn when enough were asked in this one.
bool Connection::must_wait(const Exchange& exchange) const {
    if (exchange.heavy && !is_heavy_turn_) return true;
    const bool is_new = exchange.state() == ExchangeState::receiving && exchange.reading == Reading::waiting;
    return is_new && turn_requests_ >= turn_->share.requests;
}

/// Each that stands in the queue has its turn once, light ones before heavy ones.
void Connection::work_streams() {
    const std::size_t count = queue_.size();
    for (const bool heavy : {false, true}) {
        for (std::size_t i = 0; i < count; ++i) {
            Exchange* const exchange = queue_[i];
            if (exchange == nullptr || exchange->heavy != heavy || must_wait(*exchange)) continue;
            queue_[i] = nullptr;
            exchange->queued = false;
            work(*exchange);
        }
    }
    std::erase(queue_, nullptr);
}

void Connection::work(Exchange& exchange) {
    switch (exchange.state()) {
        case ExchangeState::receiving:
            if (exchange.reading == Reading::waiting) {
                ask(exchange);
            } else {
                feed_body(exchange);
            }
            return;
        case ExchangeState::deciding:
        case ExchangeState::pending: await(exchange); return;
        case ExchangeState::responding:
            exchange.rests = false;
            if (std::exchange(exchange.deferred, false)) session_.resume(exchange);
            return;
        case ExchangeState::done: return;
    }
}

void Connection::ask(Exchange& exchange) {
    ++turn_requests_;
    exchange.reading = Reading::asked;
    exchange.request.arrival = transport_.arrival;
    exchange.identify(transport_.client, transport_.peer, turn_->config.trusted_proxies, turn_->requests);
    handler::Decision decision = exchange.ask(turn_->handler);
    if (auto* response = std::get_if<http::Response>(&decision)) {
        answer(exchange, std::move(*response));
        return;
    }
    exchange.adopt(std::move(decision));
    if (exchange.state() == ExchangeState::receiving) {
        want_body(exchange);
        return;
    }
    if (exchange.is_working()) make_heavy(exchange);
    if (must_wait(exchange)) {
        enqueue(exchange);
    } else {
        await(exchange);
    }
}

/// From here on the exchange, and so its connection, takes turns with the heavy ones.
void Connection::make_heavy(Exchange& exchange) {
    if (std::exchange(exchange.heavy, true)) return;
    ++heavy_;
}

/// The exchange waits for something off the loop.
void Connection::await(Exchange& exchange) {
    std::optional<http::Response> response = exchange.advance(turn_->handler, turn_->waiting);
    if (!response) {
        if (exchange.state() == ExchangeState::receiving) want_body(exchange);
        return;
    }
    if (exchange.stream != 0) {
        answer(exchange, std::move(*response));
        return;
    }
    exchange.respond(std::move(*response));
    give_up(exchange, "the peer was gone before the answer");
}

// ---- bodies

/// A sink waits for the body.
void Connection::want_body(Exchange& exchange) {
    if (exchange.request_body() != Exchange::RequestBody::unread) {
        finish_body(exchange);
        return;
    }
    // Before 100 Continue: with what stands in it a client can resume whatever happens to its body.
    if (const auto interim = exchange.take_interim(turn_->handler)) send_interim(exchange, *interim);
    if (exchange.request.expects_continue && exchange.received_bytes == 0 && !exchange.request_ended) {
        session_.send_head(exchange, "100", {}, Session::Head::interim);
    }
    exchange.window_bytes = kFirstWindowBytes;
    begin_waiting(exchange, turn_->config.body_timeout_ms);
    feed_body(exchange);
}

/// Gives the sink what came, once it has dealt with what it got before.
void Connection::feed_body(Exchange& exchange) {
    if (!exchange.has_sink()) return;
    if (!exchange.catch_up()) {
        exchange.stays_small = true;
        enqueue(exchange);
        return;
    }
    if (!exchange.body.empty()) {
        const std::size_t bytes = exchange.body.size();
        const auto taken = exchange.write(std::as_bytes(std::span(exchange.body)));
        drop_body(exchange);
        if (!taken) {
            refuse_body(exchange, taken.error());
            return;
        }
        grow_window(exchange, bytes);
        if (const auto interim = exchange.take_interim(turn_->handler)) send_interim(exchange, *interim);
        if (!exchange.request_ended && !exchange.catch_up()) enqueue(exchange);
    }
    if (exchange.request_ended) finish_body(exchange);
}

void Connection::finish_body(Exchange& exchange) {
    exchange.end_body(exchange.trailers);
    await(exchange);
}

void Connection::drop_body(Exchange& exchange) {
    waiting_bytes_ -= exchange.body.size();
    exchange.body.clear();
}

void Connection::send_interim(const Exchange& exchange, const http::Interim& interim) {
    const std::vector<http::FieldView> fields(interim.fields.begin(), interim.fields.end());
    session_.send_head(exchange, std::to_string(http::code(interim.status)), fields, Session::Head::interim);
}

/// The peer may send as much again, and more where the sink keeps up.
void Connection::grow_window(Exchange& exchange, std::size_t taken) {
    if (exchange.request_ended) return;
    session_.give_back(exchange, taken);
    exchange.taken_since_grown += taken;
    if (exchange.stays_small || exchange.taken_since_grown < exchange.window_bytes / 2) return;
    if (exchange.window_bytes >= kMostWindowBytes) return;
    exchange.taken_since_grown = 0;
    exchange.window_bytes = std::min(exchange.window_bytes * kWindowGrowth, kMostWindowBytes);
    session_.grow_window(exchange, exchange.window_bytes);
}

// ---- deadlines of a stream

void Connection::begin_waiting(Exchange& exchange, base::MonotonicMs timeout_ms) {
    exchange.mark_ms = turn_->clock.now_ms();
    exchange.mark_bytes = 0;
    exchange.due_ms = exchange.mark_ms + timeout_ms;
}

/// Extends the deadline while bytes move at the minimum rate or above.
void Connection::note_progress(Exchange& exchange, std::size_t bytes, std::uint64_t rate,
                               base::MonotonicMs timeout_ms) {
    exchange.mark_bytes += bytes;
    const base::MonotonicMs elapsed_ms = turn_->clock.now_ms() - exchange.mark_ms;
    const auto counted_ms = static_cast<std::uint64_t>(std::max<base::MonotonicMs>(elapsed_ms, 1000));
    if (exchange.mark_bytes >= rate * counted_ms / 1000) begin_waiting(exchange, timeout_ms);
}

// ---- answers

void Connection::answer(Exchange& exchange, http::Response&& response) {
    if (!response.reason.empty()) {
        note_reason(response, exchange, exchange.address_or(transport_.peer), *turn_);
    }
    drop_body(exchange);
    exchange.add_request_id(response);
    Framer framer(transport_.output, session_, exchange, *turn_, 1);
    framer.begin(response, exchange.request);
    exchange.respond(std::move(response));
    if (exchange.is_working()) make_heavy(exchange);
    begin_waiting(exchange, turn_->config.write_timeout_ms);
    // Where no content follows there is nothing to produce either.
    if (framer.is_whole() && exchange.produce(framer, 0, turn_->waiting) == Produced::all) end_answer(exchange);
}

/// A request that cannot be understood, or came too slowly.
void Connection::refuse_request(Exchange& exchange, const http::Refusal& refusal) {
    note_refused(refusal, exchange, transport_.peer, *turn_);
    http::Response response = exchange.refuse(turn_->handler, refusal);
    response.reason = {};  // noted already
    answer(exchange, std::move(response));
}

/// The sink refused (no space, too large, …): the rest of the body is not wanted.
void Connection::refuse_body(Exchange& exchange, const http::Refusal& refusal) {
    http::Response response = handler::refusal_response(&exchange.request, refusal);
    exchange.decorate(turn_->handler, response);
    answer(exchange, std::move(response));
}

void Connection::end_answer(Exchange& exchange) {
    note_answered(exchange, exchange.address_or(transport_.peer), exchange.received_bytes, *turn_);
}

}  // namespace server::http2
