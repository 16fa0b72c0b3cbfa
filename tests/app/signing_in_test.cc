// Which addresses passwords may be sent to.
#include "app/signing_in.h"

#include <string>

#include "support/catch.h"

namespace {

app::Options at(const std::string& address) {
    app::Options options;
    options.users_file = "users";
    options.server.addresses = {*net::Address::parse(address, 80)};
    return options;
}

}  // namespace

TEST_CASE("signing in: a plain address that others can reach is refused with the ways out", "[app][access]") {
    for (const char* address : {"0.0.0.0", "192.0.2.1", "::"}) {
        const auto checked = app::check_exposure(at(address));
        REQUIRE_FALSE(checked.has_value());
        CHECK(checked.error().find("--insecure-auth") != std::string::npos);
    }
    for (const char* address : {"127.0.0.1", "127.0.0.2", "::1", "https://0.0.0.0", "unix:/run/godwit"}) {
        CHECK(app::check_exposure(at(address)).has_value());
    }
}

TEST_CASE("signing in: who knows what they do may send passwords anywhere", "[app][access]") {
    app::Options options = at("0.0.0.0");
    options.insecure_auth = true;
    CHECK(app::check_exposure(options).has_value());
    options = at("0.0.0.0");
    options.site.redirect_https = true;
    CHECK(app::check_exposure(options).has_value());
    options = at("0.0.0.0");
    options.users_file.clear();
    CHECK(app::check_exposure(options).has_value());
}
