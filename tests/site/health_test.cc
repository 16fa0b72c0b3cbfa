// What supervisors are answered.
#include "site/health.h"

#include "site/ask.h"
#include "support/catch.h"

TEST_CASE("health: ready, then stopping", "[handlers][health]") {
    site::Health health;
    CHECK(ask(health, "GET", "/healthz").body == "ok\n");
    health.set_state(site::Health::State::stopping);
    const Answer answer = ask(health, "GET", "/healthz");
    CHECK(answer.status == 503);
    CHECK(answer.field("Retry-After") == "5");
    CHECK(answer.field("Cache-Control") == "no-store");
}
