// The options of TLS: which certificates, and where they are shown.
#include "app/command_line.h"

using command_line::accepted;
using command_line::contains;
using command_line::refused;

TEST_CASE("tls options: certificates and keys are paired in their order", "[app][options]") {
    const app::Options options = accepted({"--tls-cert", "a.pem", "--tls-cert", "b.pem", "--tls-key", "a.key",
                                           "--tls-key=b.key", "-b", "https://127.0.0.1:443", "-b", "127.0.0.1", "d"});
    REQUIRE(options.certificates.size() == 2);
    CHECK(options.certificates[0].chain == "a.pem");
    CHECK(options.certificates[0].key == "a.key");
    CHECK(options.certificates[1].chain == "b.pem");
    CHECK(options.certificates[1].key == "b.key");
    CHECK(options.uses_tls());
    REQUIRE(options.server.addresses.size() == 2);
    CHECK(options.server.addresses[0].url() == "https://127.0.0.1:443/");
    CHECK(options.server.addresses[1].url() == "http://127.0.0.1:4221/");
    CHECK(contains(app::describe(options, "/d"), "certificate:       a.pem with a.key\n"));
}

TEST_CASE("tls options: a certificate without an address gets the usual one", "[app][options]") {
    const app::Options options = accepted({"--tls-cert", "a.pem", "--tls-key", "a.key", "-p", "4443", "d"});
    CHECK(options.server.addresses[0].url() == "https://127.0.0.1:4443/");
    CHECK_FALSE(accepted({"d"}).uses_tls());
    const app::Options made = accepted({"-b", "https://localhost", "d"});
    CHECK(made.certificates.empty());
    CHECK(contains(app::describe(made, "/d"), "certificate:       made for this run\n"));
}

TEST_CASE("tls options: what does not go together is refused", "[app][options]") {
    CHECK(contains(refused({"--tls-cert", "a.pem", "d"}), "come in pairs: 1 of the first and 0 of the second"));
    CHECK(contains(refused({"--tls-cert", "a", "--tls-key", "b", "-b", "127.0.0.1", "d"}), "--bind https://"));
    CHECK(contains(refused({"--tls-cert", "", "--tls-key", "b", "d"}), "--tls-cert does not take"));
    CHECK(contains(refused({"-b", "https://127.0.0.1", "-b", "127.0.0.1", "d"}), "another port"));
    CHECK(accepted({"-b", "https://127.0.0.1:0", "-b", "127.0.0.1:0", "d"}).server.addresses.size() == 2);
}

TEST_CASE("tls options: plain requests are led to https, and browsers told to stay there", "[app][options]") {
    const app::Options options =
        accepted({"--redirect-https", "--hsts", "365d", "-b", "https://127.0.0.1:443", "-b", "127.0.0.1:80", "d"});
    CHECK(options.site.redirect_https);
    CHECK(options.site.hsts_s == 31'536'000);
    CHECK(contains(app::describe(options, "/d"), "plain requests:    led to https\n"));
    CHECK(accepted({"--hsts", "0", "-b", "https://127.0.0.1", "d"}).site.hsts_s == 0);
    CHECK(contains(refused({"--redirect-https", "d"}), "--redirect-https needs an https address"));
    CHECK(contains(refused({"--hsts", "60", "d"}), "--hsts needs an https address"));
    CHECK(contains(refused({"--hsts", "3y", "-b", "https://127.0.0.1", "d"}), "--hsts does not take"));
}

TEST_CASE("tls options: a daemon finds its certificates from anywhere", "[app][options]") {
    const app::Options options = accepted({"--daemon", "--tls-cert", "a.pem", "--tls-key", "a.key", "d"});
    CHECK(options.certificates[0].chain.starts_with('/'));
    CHECK(options.certificates[0].key.ends_with("/a.key"));
}

TEST_CASE("tls options: the start line says https, and --version the library", "[app][options]") {
    const app::Options options = accepted({"d"});
    const std::vector<net::Address> bound = {*net::Address::parse("https://127.0.0.1", 4443)};
    CHECK(contains(app::start_line(options, "/srv/d", bound), " on https://127.0.0.1:4443/ ("));
    CHECK(contains(app::version_text(), "TLS (OpenSSL 3"));
}

TEST_CASE("tls options: who vouches for clients needs an https address and lines about users", "[app][options]") {
    const app::Options options =
        accepted({"--tls-client-ca", "ca.pem", "--grant", "/ alice read", "-b", "https://127.0.0.1:443", "d"});
    CHECK(options.client_ca_file == "ca.pem");
    CHECK(options.site.signs_in);
    CHECK(options.site.only_certificates);
    CHECK_FALSE(options.site.has_sign_in_page);
    CHECK(contains(app::describe(options, "/d"), "client CA:         ca.pem\n"));
    CHECK(contains(refused({"--tls-client-ca", "ca.pem", "--grant", "/ + read", "d"}),
                   "--tls-client-ca needs an https address"));
    const std::vector<std::string> base{"-b", "https://127.0.0.1:443", "--tls-client-ca", "ca.pem", "d"};
    const auto with = [&base](std::vector<std::string> words) {
        words.insert(words.end(), base.begin(), base.end());
        return words;
    };
    CHECK(contains(refused(with({})), "--tls-client-ca alone gives nobody a right"));
    CHECK(contains(refused(with({"--grant", "/ @staff read"})), "certificates have none: --users FILE says"));
    CHECK(contains(refused(with({"--grant", "/ alice share"})), "--users FILE has them"));
    CHECK(contains(refused(with({"--grant", "/ + read", "--auth-prompt", "/"})), "--users FILE has them"));
    CHECK_FALSE(accepted(with({"--users", "u", "--grant", "/ @staff read share"})).site.only_certificates);
}
