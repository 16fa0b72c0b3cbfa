// Clients of the real program that sign in by a certificate.
#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

#include "e2e/tls_site.h"

using e2e::tls_is_missing;
using e2e::TlsSite;
using support::run_command;

namespace {

/// Authorities "ca" and "other", and clients: alice of the first, bob of the other one.
struct Authorities {
    Authorities() {
        for (const std::string name : {"ca", "other"}) make(name, {});
        make("alice", "ca");
        make("bob", "other");
        // The file that the server watches.
        take("ca");
    }
    void take(const std::string& name) const { files.write("live.pem", files.read(name + ".pem")); }
    [[nodiscard]] std::vector<std::string> words_of(const std::string& name) const {
        return {"--cert", files.at(name + ".pem"), "--key", files.at(name + ".key")};
    }
    [[nodiscard]] std::vector<std::string> options() const {
        return {"--tls-client-ca", files.at("live.pem"),   "--grant",     "/docs alice read list write",
                "--access-log",    files.at("access.log"), "--audit-log", files.at("audit.log")};
    }

    support::TempDir files;

private:
    void make(const std::string& name, const std::string& authority) const {
        std::vector<std::string> words{"openssl",
                                       "req",
                                       "-x509",
                                       "-newkey",
                                       "ec",
                                       "-pkeyopt",
                                       "ec_paramgen_curve:P-256",
                                       "-nodes",
                                       "-days",
                                       "90",
                                       "-subj",
                                       "/CN=" + name,
                                       "-keyout",
                                       files.at(name + ".key"),
                                       "-out",
                                       files.at(name + ".pem")};
        if (!authority.empty()) {
            const std::vector<std::string> more{"-addext", "extendedKeyUsage=clientAuth",
                                                "-CA",     files.at(authority + ".pem"),
                                                "-CAkey",  files.at(authority + ".key")};
            words.insert(words.end(), more.begin(), more.end());
        }
        REQUIRE(run_command(words).status == 0);
    }
};

/// The status of a request, and what curl said besides.
std::string status_of(const TlsSite& tls, std::vector<std::string> words, const std::string& path = "/docs/") {
    words.insert(words.end(), {"-o", "/dev/null", "-w", "%{http_version} %{http_code}"});
    return tls.curl(path, words).output;
}

std::vector<std::string> with(std::vector<std::string> words, const std::vector<std::string>& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

}  // namespace

TEST_CASE("client certificates e2e: the name in it has rights, in every version of HTTP and TLS", "[e2e][tls]") {
    if (tls_is_missing()) return;
    const Authorities them;
    const TlsSite tls(them.options());
    for (const std::string version : {"--tls-max", "--tlsv1.3"}) {
        const std::vector<std::string> tls_words =
            version == "--tls-max" ? std::vector<std::string>{version, "1.2"} : std::vector<std::string>{version};
        const auto alice = with(them.words_of("alice"), tls_words);
        CHECK(status_of(tls, with(alice, {"--http1.1"})) == "1.1 200");
        CHECK(status_of(tls, with(tls_words, {"--http1.1"})) == "1.1 403");
        CHECK(status_of(tls, alice).ends_with(" 200"));
    }
    const std::string refused = tls.curl("/docs/").output;
    CHECK(refused.find("a client certificate that names somebody who has the right would help") != std::string::npos);
    const std::string answer = tls.curl("/docs/", with(them.words_of("alice"), {"-i"})).output;
    CHECK((answer.find("private") != std::string::npos && answer.find("<p>docs</p>") != std::string::npos));
    CHECK(status_of(tls, {}, "/hello.txt").ends_with(" 200"));
    CHECK(tls.counts("tls_clients_named=5"));
}

TEST_CASE("client certificates e2e: both logs name who wrote, and no page of another site makes him write",
          "[e2e][tls]") {
    if (tls_is_missing()) return;
    const Authorities them;
    const TlsSite tls(them.options());
    const auto put = with(them.words_of("alice"), {"-T", tls.certificate()});
    // Without a body: curl may give up when it is answered before it has sent one.
    const auto empty = with(them.words_of("alice"), {"-X", "PUT", "--data-binary", ""});
    CHECK(status_of(tls, with(empty, {"-H", "Sec-Fetch-Site: cross-site"}), "/docs/a").ends_with(" 403"));
    CHECK(status_of(tls, with(empty, {"-H", "Origin: https://other.example"}), "/docs/a").ends_with(" 403"));
    CHECK_FALSE(tls.site.files.has("docs/a"));
    CHECK(status_of(tls, put, "/docs/a").ends_with(" 201"));
    const auto embedded = with(them.words_of("alice"), {"-H", "Sec-Fetch-Site: cross-site"});
    CHECK(status_of(tls, embedded).ends_with(" 403"));
    CHECK(support::eventually([&] {
        return them.files.read("access.log").find(" - alice [") != std::string::npos &&
               them.files.read("audit.log")
                       .find(R"("user":"alice","method":"PUT","target":"/docs/a","action":"create")") !=
                   std::string::npos;
    }));
    CHECK(them.files.read("audit.log").find(R"("user":"-")") != std::string::npos);
}

TEST_CASE("client certificates e2e: one of another authority is refused, until that authority is taken", "[e2e][tls]") {
    if (tls_is_missing()) return;
    const Authorities them;
    const TlsSite tls(them.options());
    CHECK(tls.curl("/docs/", them.words_of("bob")).status != 0);
    CHECK(support::eventually([&] {
        return tls.site.server.error_text().find(
                   "127.0.0.1: a client certificate was refused: it comes from no authority of --tls-client-ca") !=
               std::string::npos;
    }));
    CHECK(tls.counts("tls_failed_client_authority=1"));
    CHECK(status_of(tls, them.words_of("alice")).ends_with(" 200"));
    them.take("other");
    tls.site.server.signal(SIGHUP);
    REQUIRE(support::eventually(
        [&] { return tls.site.server.error_text().find("live.pem was loaded anew") != std::string::npos; }));
    CHECK(tls.curl("/docs/", them.words_of("alice")).status != 0);
    CHECK(status_of(tls, them.words_of("bob")).ends_with(" 403"));
}
