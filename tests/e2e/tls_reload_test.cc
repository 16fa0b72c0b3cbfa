// Certificates that are renewed while the server runs.
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "e2e/tls_site.h"

using e2e::tls_is_missing;
using e2e::TlsSite;
using support::run_command;

namespace {

/// Puts the pair NAME of `folder` in the place of the first one, as a program that renews does: by renaming.
void replace_first(const support::TempDir& folder, const std::string& name) {
    for (const std::string end : {".key", ".pem"}) {
        REQUIRE(std::rename(folder.at(name + end).c_str(), folder.at("a" + end).c_str()) == 0);
    }
}

bool shows(const TlsSite& tls, const std::string& subject) {
    return tls.s_client("-noservername").find("subject=CN = " + subject) != std::string::npos;
}

}  // namespace

TEST_CASE("tls: a renewed certificate is shown within two seconds, and connections stay", "[e2e][tls]") {
    if (tls_is_missing()) return;
    const TlsSite tls;
    e2e::make_pair(tls.secrets, "new", "new.example");
    const support::TempDir local;
    // A download that goes on across the change.
    const std::string script = "curl -sSk --max-time 20 --limit-rate 1000k -o " + local.at("part") + " " +
                               tls.url("/big.bin") + "; mv " + local.at("part") + " " + local.at("whole");
    REQUIRE(run_command({"sh", "-c", "(" + script + ") >/dev/null 2>&1 &"}).status == 0);
    REQUIRE(support::eventually([&] { return local.has("part"); }));
    CHECK(shows(tls, "a.example"));
    replace_first(tls.secrets, "new");
    CHECK(support::eventually([&] { return shows(tls, "new.example"); }, 2'000));
    CHECK(tls.counts("tls_certificates_reloaded=1"));
    REQUIRE(support::eventually([&] { return local.has("whole"); }, 20'000));
    CHECK((local.read("whole") == tls.site.files.read("big.bin")));
}

TEST_CASE("tls: SIGHUP loads at once, and keeps the old pair where the new one is broken", "[e2e][tls]") {
    if (tls_is_missing()) return;
    const TlsSite tls;
    tls.secrets.write("a.key", "no key");
    tls.site.server.signal(SIGHUP);
    CHECK(support::eventually(
        [&] { return tls.site.server.error_text().find("holds no private key in PEM form") != std::string::npos; }));
    CHECK(tls.site.server.error_text().find("loaded before is shown further on") != std::string::npos);
    CHECK(shows(tls, "a.example"));
    CHECK(tls.counts("tls_reloads_failed=1"));
    e2e::make_pair(tls.secrets, "new", "new.example");
    replace_first(tls.secrets, "new");
    tls.site.server.signal(SIGHUP);
    CHECK(support::eventually([&] { return shows(tls, "new.example"); }));
}
