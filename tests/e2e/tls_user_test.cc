// Certificates of a server that gave up root, below folders that root alone may enter: how certbot leaves them.
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

#include "e2e/tls_site.h"

using support::run_command;

namespace {

bool cannot_be_tried() {
    if (e2e::tls_is_missing()) return true;
    if (::geteuid() != 0) WARN("only root can start a server that becomes another user: not tried");
    return ::geteuid() != 0;
}

/// archive/NUMBER.pem and .key, and live/chain.pem and live/key.pem, which are links to one of them.
struct Certbot {
    Certbot() {
        for (const std::string folder : {"archive", "live"}) {
            files.write(folder + "/README", "");
            REQUIRE(::chmod(files.at(folder).c_str(), 0700) == 0);
        }
        issue(1);
        turn("chain.pem", "1.pem");
        turn("key.pem", "1.key");
    }
    void issue(int number) const {
        const std::string name = std::to_string(number);
        e2e::make_pair(files, "archive/" + name, "n" + name + ".example");
        REQUIRE(::chmod(files.at("archive/" + name + ".key").c_str(), 0600) == 0);
    }
    void turn(const std::string& link, const std::string& target) const {
        const std::string next = files.at("live/next");
        REQUIRE(::symlink(("../archive/" + target).c_str(), next.c_str()) == 0);
        REQUIRE(std::rename(next.c_str(), files.at("live/" + link).c_str()) == 0);
    }
    void renew(int number) const {
        issue(number);
        turn("chain.pem", std::to_string(number) + ".pem");
        turn("key.pem", std::to_string(number) + ".key");
    }

    support::TempDir files;
};

/// A server that is nobody, with the certificate of `certbot`.
struct Server {
    explicit Server(const Certbot& certbot, const std::vector<std::string>& more = {}) : site(options(certbot, more)) {}
    [[nodiscard]] bool shows(int number) const {
        const std::string address = "127.0.0.1:" + std::to_string(site.server.port());
        const std::string subject = "CN = n" + std::to_string(number) + ".example";
        const auto shown =
            run_command({"sh", "-c", "printf 'Q\\n' | timeout 10 openssl s_client -connect " + address + " 2>&1"});
        return shown.output.find("subject=" + subject) != std::string::npos;
    }
    [[nodiscard]] bool says(const std::string& sentence) const {
        return support::eventually([&] { return site.server.error_text().find(sentence) != std::string::npos; });
    }

    e2e::Site site;

private:
    static std::vector<std::string> options(const Certbot& certbot, const std::vector<std::string>& more) {
        std::vector<std::string> all{"--bind",     "https://127.0.0.1:0",
                                     "--tls-cert", certbot.files.at("live/chain.pem"),
                                     "--tls-key",  certbot.files.at("live/key.pem"),
                                     "--user",     "nobody"};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
};

}  // namespace

TEST_CASE("tls: a server that gave up root shows a renewed certificate within two seconds", "[e2e][tls]") {
    if (cannot_be_tried()) return;
    const Certbot certbot;
    const Server server(certbot);
    CHECK(server.shows(1));
    certbot.renew(2);
    CHECK(support::eventually([&] { return server.shows(2); }, 2'000));
    certbot.renew(3);
    CHECK(support::eventually([&] { return server.shows(3); }, 2'000));
    CHECK(server.says("loaded anew: serial number"));
    CHECK(server.site.server.error_text().find("error:") == std::string::npos);
}

TEST_CASE("tls: a server that gave up root reads certificates at once at SIGHUP, and keeps one that is whole",
          "[e2e][tls]") {
    if (cannot_be_tried()) return;
    const Certbot certbot;
    for (const std::string sandbox : {"on", "off"}) {
        const Server server(certbot, {"--sandbox", sandbox});
        certbot.issue(2);
        certbot.turn("key.pem", "2.key");
        server.site.server.signal(SIGHUP);
        CHECK(server.says("does not fit the certificate " + certbot.files.at("live/chain.pem") +
                          "; the certificate that was loaded before is shown further on"));
        CHECK(server.shows(1));
        certbot.turn("chain.pem", "2.pem");
        server.site.server.signal(SIGHUP);
        CHECK(support::eventually([&] { return server.shows(2); }, 2'000));
        certbot.turn("key.pem", "1.key");
        certbot.turn("chain.pem", "1.pem");
    }
}
