// The options about proxies, and those that bound what one client may have.
#include "app/command_line.h"

using command_line::accepted;
using command_line::contains;
using command_line::refused;

TEST_CASE("proxy options: one client has shares of its own", "[app][options]") {
    const auto usual = accepted({"d"});
    CHECK(usual.server.requests_per_client() == 1'000);
    CHECK(usual.site.max_forms_per_client == 100);
    const auto options = accepted({"--max-requests-per-client", "7", "--max-forms-per-client", "3", "d"});
    CHECK(options.server.requests_per_client() == 7);
    CHECK(options.site.max_forms_per_client == 3);
    CHECK(contains(app::describe(options, "/d"), "7 requests, 3 forms, 1000 unfinished uploads"));
    // Who may have more connections may use them.
    CHECK(accepted({"--max-connections-per-client", "2000", "d"}).server.requests_per_client() == 2'000);
    CHECK(contains(refused({"--max-requests-per-client", "0", "d"}), "from 1"));
    CHECK(contains(refused({"--max-forms-per-client", "0", "d"}), "from 1"));
}

TEST_CASE("proxy options: the unfinished uploads of one client may hold so much, and none alone is larger",
          "[app][options]") {
    CHECK(accepted({"d"}).site.max_upload_bytes_per_client == 0);
    const auto options = accepted({"--max-upload-bytes-per-client", "2M", "d"});
    CHECK(options.site.max_upload_bytes_per_client == 2 * 1024 * 1024);
    CHECK(options.site.max_body.bytes() == 2 * 1024 * 1024);
    CHECK(contains(app::describe(options, "/d"), "1000 unfinished uploads with 2M\n"));
    CHECK_FALSE(contains(app::describe(accepted({"d"}), "/d"), "unfinished uploads with"));
    const auto both = accepted({"--max-upload-bytes-per-client", "2M", "--max-body", "1M", "d"});
    CHECK(both.site.max_body.bytes() == 1024 * 1024);
    CHECK(contains(refused({"--max-upload-bytes-per-client", "-1", "d"}), "size in bytes"));
}

TEST_CASE("proxy options: PROXY headers are believed of proxies that are named", "[app][options]") {
    const auto versions = [](const std::string& word) {
        return accepted({"--proxy-protocol", word, "--trusted-proxy", "10.0.0.0/8", "d"}).server.proxy_protocol;
    };
    CHECK(versions("off") == net::ProxyVersions::none);
    CHECK(versions("v1") == net::ProxyVersions::v1);
    CHECK(versions("v2") == net::ProxyVersions::v2);
    CHECK(versions("on") == net::ProxyVersions::both);
    CHECK(accepted({"d"}).server.proxy_protocol == net::ProxyVersions::none);
    CHECK(accepted({"--proxy-protocol", "off", "d"}).server.trusted_proxies.empty());
    CHECK(contains(refused({"--proxy-protocol", "on", "d"}), "--trusted-proxy RANGE names them"));
    CHECK(contains(refused({"--proxy-protocol", "v3", "--trusted-proxy", "unix", "d"}), "off, v1, v2 or on"));
    const auto options = accepted({"--proxy-protocol", "v2", "--trusted-proxy", "unix", "d"});
    CHECK(contains(app::describe(options, "/d"), "PROXY header:      v2\n"));
    CHECK_FALSE(contains(app::describe(accepted({"d"}), "/d"), "PROXY"));
}
