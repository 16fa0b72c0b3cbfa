// An exchange of HTTP/2 that is used again has nothing of the one before.
#include "server/http2/exchange.h"

#include <string>

#include "support/catch.h"

TEST_CASE("http2 exchange: nothing of one stream is left for the next", "[server][http2]") {
    server::http2::Exchange exchange;
    exchange.stream = 7;
    exchange.reading = server::http2::Exchange::Reading::asked;
    exchange.queued = exchange.heavy = exchange.request_ended = exchange.failed = true;
    exchange.rests = exchange.works = exchange.deferred = exchange.stays_small = true;
    exchange.trailers = "a: b\r\n";
    exchange.body = "body";
    exchange.kept = "kept";
    exchange.why_reset = "because";
    exchange.received_bytes = exchange.taken_since_grown = exchange.mark_bytes = 5;
    exchange.window_bytes = 5;
    exchange.reset();
    CHECK(exchange.stream == 0);
    CHECK(exchange.reading == server::http2::Exchange::Reading::head);
    CHECK_FALSE((exchange.queued || exchange.heavy || exchange.request_ended || exchange.failed));
    CHECK_FALSE((exchange.rests || exchange.works || exchange.deferred || exchange.stays_small));
    CHECK((exchange.trailers.empty() && exchange.body.empty() && exchange.kept.empty()));
    CHECK(exchange.why_reset.empty());
    CHECK((exchange.received_bytes == 0 && exchange.taken_since_grown == 0 && exchange.mark_bytes == 0));
    CHECK(exchange.window_bytes == 0);
    CHECK(exchange.state() == server::ExchangeState::receiving);
}

TEST_CASE("http2 exchange: the memory of a long body is given back, that of texts is kept", "[server][http2]") {
    server::http2::Exchange exchange;
    exchange.body = std::string(100'000, 'x');
    exchange.kept = std::string(100'000, 'x');
    exchange.trailers = std::string(2'000, 'x');
    exchange.reset();
    CHECK(exchange.body.capacity() <= 4'096);
    CHECK(exchange.kept.capacity() <= 4'096);
    CHECK(exchange.trailers.capacity() >= 2'000);
}
