// The name of the client comes back as text.
#include "site/user_agent.h"

#include "site/ask.h"
#include "support/catch.h"

TEST_CASE("user agent: the field's value, or nothing", "[handlers][user_agent]") {
    CHECK(ask(site::UserAgent(), "GET", "/user-agent", "User-Agent: curl/8 (x)\r\n").body == "curl/8 (x)");
    const Answer none = ask(site::UserAgent(), "GET", "/user-agent");
    CHECK(none.status == 200);
    CHECK(none.length == 0U);
    CHECK(none.field("X-Content-Type-Options") == "nosniff");
}
