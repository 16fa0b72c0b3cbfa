// Certificates from files and made here, and what they say of themselves.
#include "tls/certificate.h"

#include <sys/stat.h>

#include <string>
#include <vector>

#include "support/catch.h"
#include "support/fake_clock.h"
#include "support/open_pem.h"
#include "support/pem_files.h"
#include "support/temp_dir.h"

using support::write_pair;

namespace {

constexpr std::int64_t kNow = 1'800'000'000;
constexpr std::int64_t kDay = 86'400;

tls::Certificate make(std::vector<std::string> names) {
    return std::move(*tls::Certificate::make_self_signed(names, kNow));
}

auto load(const std::string& chain, const std::string& key) {
    return tls::Certificate::load(support::open_pem(chain), support::open_pem(key));
}

}  // namespace

TEST_CASE("certificate: a chain and the key that fits it are loaded", "[tls]") {
    const support::TempDir folder;
    write_pair(folder, "a", kNow);
    write_pair(folder, "b", kNow);
    const auto path = [&](const std::string& name) { return folder.path() + "/" + name; };
    const auto loaded = load(path("a.pem"), path("a.key"));
    REQUIRE(loaded.has_value());
    CHECK(loaded->names() == std::vector<std::string>{"a.example"});
    CHECK(loaded->fingerprint().size() == 95);

    SECTION("a key of another certificate does not fit") {
        const auto mixed = load(path("a.pem"), path("b.key"));
        REQUIRE_FALSE(mixed.has_value());
        CHECK(mixed.error().find("does not fit") != std::string::npos);
    }
    SECTION("a key that others can read is refused, with the command that mends it") {
        ::chmod(path("a.key").c_str(), 0644);
        const auto open = load(path("a.pem"), path("a.key"));
        REQUIRE_FALSE(open.has_value());
        CHECK(open.error().find("chmod o= " + path("a.key")) != std::string::npos);
    }
    SECTION("files that are missing, or hold something else, are named") {
        CHECK(load(path("none"), path("a.key")).error().find(path("none")) != std::string::npos);
        CHECK(load(path("a.key"), path("a.key")).error().find("no certificate") != std::string::npos);
        ::chmod(path("a.pem").c_str(), 0600);
        CHECK(load(path("a.pem"), path("a.pem")).error().find("no private key") != std::string::npos);
    }
}

TEST_CASE("certificate: tells when it ends", "[tls]") {
    const tls::Certificate made = make({"a.example"});
    CHECK(made.find_concern(kNow).empty());
    CHECK(made.find_concern(made.not_after() - 15 * kDay).empty());
    CHECK(made.find_concern(made.not_after() - 13 * kDay).find("ends at") != std::string::npos);
    CHECK(made.find_concern(made.not_after()).find("expired") != std::string::npos);
    CHECK(made.find_concern(made.not_before() - 1).find("not valid before") != std::string::npos);
}

TEST_CASE("certificate: names and addresses of a self-signed one", "[tls]") {
    const tls::Certificate made = make({"Host.Example", "localhost", "127.0.0.1", "::1"});
    CHECK(made.names() == std::vector<std::string>{"host.example", "localhost"});
    CHECK(make({"a"}).serial() != make({"a"}).serial());
}

TEST_CASE("certificate: a star stands for one label", "[tls]") {
    using tls::match_name;
    using tls::NameMatch;
    CHECK(match_name("a.example", "a.example") == NameMatch::exact);
    CHECK(match_name("*.example", "a.example") == NameMatch::wildcard);
    CHECK(match_name("*.example", "a.b.example") == NameMatch::none);
    CHECK(match_name("*.example", ".example") == NameMatch::none);
    CHECK(match_name("*.example", "example") == NameMatch::none);
    CHECK(match_name("a.example", "b.example") == NameMatch::none);
}
