// Keys of session tickets over time.
#include "tls/ticket_keys.h"

#include "support/catch.h"
#include "support/fake_clock.h"

TEST_CASE("ticket keys: a key seals for its time, and opens for as long again", "[tls]") {
    FakeClock clock;
    tls::TicketKeys keys(clock);
    const tls::TicketKey first = keys.sealing();
    clock.advance_ms(tls::kTicketKeyMs - 1);
    CHECK(keys.sealing().name == first.name);
    clock.advance_ms(1);
    CHECK(keys.sealing().name != first.name);
    REQUIRE(keys.find(first.name) != nullptr);
    CHECK(keys.is_old(*keys.find(first.name)));
    CHECK_FALSE(keys.is_old(keys.sealing()));
    clock.advance_ms(tls::kTicketKeyMs);
    CHECK(keys.find(first.name) == nullptr);
}

TEST_CASE("ticket keys: after a long pause no key is left", "[tls]") {
    FakeClock clock;
    tls::TicketKeys keys(clock);
    const tls::TicketKey first = keys.sealing();
    clock.advance_ms(3 * tls::kTicketKeyMs);
    CHECK(keys.find(first.name) == nullptr);
    CHECK(keys.find(keys.sealing().name) != nullptr);
}
