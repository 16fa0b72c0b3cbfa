// Which requests a page of another site sent.
#include "site/cross_site.h"

#include <memory>
#include <string>

#include "support/catch.h"
#include "support/write_site.h"

namespace {

bool is_refused(const std::string& fields, const site::SiteConfig& config = {}, std::string_view target = "/a") {
    const support::ParsedRequest request("POST " + std::string(target) + " HTTP/1.1\r\n" + fields + "\r\n");
    const auto fault = site::find_cross_site_fault(*request, config);
    if (fault) CHECK(fault->status == http::Status::forbidden);
    return fault.has_value();
}

}  // namespace

TEST_CASE("cross site: programs, which name no origin, pass", "[site][cross_site]") {
    CHECK_FALSE(is_refused("Host: a\r\n"));
}

TEST_CASE("cross site: an origin passes when it is the host that was asked", "[site][cross_site]") {
    CHECK_FALSE(is_refused("Host: a\r\nOrigin: http://a\r\n"));
    CHECK_FALSE(is_refused("Host: A.example:80\r\nOrigin: HTTP://a.EXAMPLE\r\n"));
    CHECK_FALSE(is_refused("Host: a:8080\r\nOrigin: http://a:8080\r\n"));
    CHECK_FALSE(is_refused("Host: a:443\r\nOrigin: https://a\r\n"));
    CHECK_FALSE(is_refused("Host: b\r\nOrigin: http://a\r\n", {}, "http://a/x"));  // the target's host counts
    for (const std::string origin :
         {"http://b", "http://a:81", "http://a.b", "http://b.a", "null", "", "a", "ftp://a", "http://a/", "http://"}) {
        INFO(origin);
        CHECK(is_refused("Host: a:80\r\nOrigin: " + origin + "\r\n"));
    }
}

TEST_CASE("cross site: what the browser says of the site decides before the origin", "[site][cross_site]") {
    CHECK_FALSE(is_refused("Host: a\r\nOrigin: https://proxy\r\nSec-Fetch-Site: same-origin\r\n"));
    CHECK_FALSE(is_refused("Host: a\r\nOrigin: null\r\nsec-fetch-site: none\r\n"));
    for (const std::string site : {"cross-site", "same-site", "Same-Origin", "anything"}) {
        INFO(site);
        CHECK(is_refused("Host: a\r\nOrigin: http://a\r\nSec-Fetch-Site: " + site + "\r\n"));
        CHECK(is_refused("Host: a\r\nSec-Fetch-Site: " + site + "\r\n"));
    }
}

TEST_CASE("cross site: a site that the configuration allows passes, others do not", "[site][cross_site]") {
    site::SiteConfig config;
    config.cors.origins = {"https://app.example"};
    const std::string foreign = "Host: a\r\nSec-Fetch-Site: cross-site\r\nOrigin: ";
    CHECK_FALSE(is_refused(foreign + "https://app.example\r\n", config));
    CHECK(is_refused(foreign + "https://other.example\r\n", config));
    CHECK(is_refused("Host: a\r\nSec-Fetch-Site: cross-site\r\n", config));
}

TEST_CASE("cross site: no configuration makes a foreign page this server's own", "[site][cross_site]") {
    const support::ParsedRequest foreign("POST /a HTTP/1.1\r\nHost: a\r\nOrigin: https://app.example\r\n\r\n");
    CHECK(site::find_foreign_fault(*foreign).has_value());
    const support::ParsedRequest own("POST /a HTTP/1.1\r\nHost: a\r\nOrigin: http://a\r\n\r\n");
    CHECK_FALSE(site::find_foreign_fault(*own).has_value());
}

namespace {

using Scheme = http::Client::Scheme;

/// The same for a client that the server knows more about. Of a trusted proxy's the host is "files.example".
bool is_refused_of(const http::Client& client, const std::string& fields) {
    const support::ParsedRequest parsed("DELETE /a HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");
    http::Request request = *parsed;
    request.client = client;
    if (client.is_forwarded) {
        request.client.host = {static_cast<std::uint32_t>(request.text.find("files.example")), 13};
    }
    return site::find_cross_site_fault(request, {}).has_value();
}

}  // namespace

TEST_CASE("cross site: the scheme is compared where it is known", "[site][cross_site]") {
    http::Client client;
    client.scheme = Scheme::https;
    CHECK_FALSE(is_refused_of(client, "Origin: https://a\r\n"));
    CHECK(is_refused_of(client, "Origin: http://a\r\n"));
    client.scheme = Scheme::http;
    CHECK(is_refused_of(client, "Origin: https://a\r\n"));
    CHECK_FALSE(is_refused_of(client, "Origin: http://a\r\n"));
}

TEST_CASE("cross site: behind a trusted proxy the host counts that the proxy was asked for", "[site][cross_site]") {
    http::Client client;
    client.is_forwarded = true;
    client.scheme = Scheme::https;
    CHECK_FALSE(is_refused_of(client, "X-Forwarded-Host: files.example\r\nOrigin: https://files.example\r\n"));
    CHECK(is_refused_of(client, "X-Forwarded-Host: files.example\r\nOrigin: https://a\r\n"));
}

TEST_CASE("cross site: a certificate counts for what this site's pages and programs send", "[site][certificate]") {
    const auto counts = [](const std::string& method, const std::string& fields, bool is_forwarded = false) {
        const support::ParsedRequest parsed(method + " /a HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");
        http::Request request = *parsed;
        request.client.is_forwarded = is_forwarded;
        CHECK_FALSE(site::takes_certificate(request));
        request.certified = std::make_shared<const http::User>(http::User{"alice", {}});
        return site::takes_certificate(request);
    };
    const std::string foreign = "Sec-Fetch-Site: cross-site\r\n";
    for (const std::string method : {"GET", "PUT", "POST", "DELETE"}) {
        CHECK(counts(method, ""));
        CHECK(counts(method, "Sec-Fetch-Site: same-origin\r\n"));
        CHECK(counts(method, "Sec-Fetch-Site: none\r\n"));
        CHECK_FALSE(counts(method, foreign));
        CHECK_FALSE(counts(method, "Origin: https://other\r\n"));
        CHECK_FALSE(counts(method, foreign + "Sec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: script\r\n"));
        CHECK_FALSE(counts(method, foreign + "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe\r\n"));
    }
    // A link that somebody follows.
    const std::string followed = foreign + "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n";
    CHECK(counts("GET", followed));
    CHECK_FALSE(counts("POST", followed));
    // That of a proxy is not its clients'.
    CHECK_FALSE(counts("GET", "", true));
}
