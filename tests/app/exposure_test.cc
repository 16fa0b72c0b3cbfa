// Which addresses passwords may be sent to, and where anybody may write.
#include "app/exposure.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "app/command_line.h"
#include "support/catch.h"

using command_line::accepted;
using command_line::contains;

namespace {

constexpr std::array kOpenAddresses = {"0.0.0.0", "192.0.2.1", "::", ":8080", "https://0.0.0.0"};
constexpr std::array kOwnAddresses = {"127.0.0.1", "127.0.0.2", "::1", "https://127.0.0.1", "unix:/run/godwit"};

app::Options with_users_at(const std::string& address) {
    app::Options options;
    options.users_file = "users";
    options.server.addresses = {*net::Address::parse(address, 80)};
    return options;
}

/// Why a server on `address` does not start with these words; empty when it does.
std::string refusal(const std::string& address, const std::vector<std::string>& words) {
    std::vector<std::string> all = words;
    all.emplace_back("d");
    app::Options options = accepted(std::move(all));
    options.insecure_auth = true;
    options.server.addresses = {*net::Address::parse("127.0.0.1", 80), *net::Address::parse(address, 80)};
    const auto checked = app::check_exposure(options);
    return checked ? std::string() : checked.error();
}

}  // namespace

TEST_CASE("exposure: passwords over a plain address that others can reach are refused with the ways out",
          "[app][access]") {
    for (const char* address : {"0.0.0.0", "192.0.2.1", "::"}) {
        const auto checked = app::check_exposure(with_users_at(address));
        REQUIRE_FALSE(checked.has_value());
        CHECK(contains(checked.error(), "--insecure-auth"));
    }
    for (const char* address : {"127.0.0.1", "127.0.0.2", "::1", "https://0.0.0.0", "unix:/run/godwit"}) {
        CHECK(app::check_exposure(with_users_at(address)).has_value());
    }
}

TEST_CASE("exposure: who knows what they do may send passwords anywhere", "[app][access]") {
    app::Options options = with_users_at("0.0.0.0");
    options.insecure_auth = true;
    CHECK(app::check_exposure(options).has_value());
    options = with_users_at("0.0.0.0");
    options.site.redirect_https = true;
    CHECK(app::check_exposure(options).has_value());
    options = with_users_at("0.0.0.0");
    options.users_file.clear();
    CHECK(app::check_exposure(options).has_value());
}

TEST_CASE("exposure: writing by anybody is refused where others can connect, with the ways out", "[app][access]") {
    for (const char* address : kOpenAddresses) {
        INFO(address);
        for (const char* word : {"--allow-upload", "--allow-replace", "--allow-delete", "--allow-all"}) {
            const std::string sentence = refusal(address, {word});
            CHECK(contains(sentence, "--bind localhost"));
            CHECK(contains(sentence, "--users FILE and --grant"));
            CHECK(contains(sentence, "--insecure-writes"));
            CHECK(refusal(address, {word, "--insecure-writes"}).empty());
        }
        CHECK(refusal(address, {}).empty());
    }
    for (const char* address : kOwnAddresses) CHECK(refusal(address, {"--allow-all"}).empty());
}

TEST_CASE("exposure: grants limit writing unless a line lets anybody write everywhere", "[app][access]") {
    const char* const open = "0.0.0.0";
    CHECK(refusal(open, {"--grant", "/ + write", "--users", "u"}).empty());
    CHECK(refusal(open, {"--grant", "/inbox * create"}).empty());
    CHECK_FALSE(refusal(open, {"--grant", "/ * write"}).empty());
    CHECK_FALSE(refusal(open, {"--grant", "/ * delete"}).empty());
    CHECK_FALSE(refusal(open, {"--grant", "/ + write", "--users", "u", "--allow-upload"}).empty());
}
