// A bound on all that is buffered, against clients that let the server hold much: they go, and others do not notice.
#include <algorithm>
#include <csignal>
#include <string>
#include <vector>

#include "e2e/site.h"

using e2e::Site;
using support::RawClient;

namespace {

constexpr std::size_t kMiB = std::size_t{1024} * 1024;
constexpr int kSlowReaders = 300;
constexpr int kSlowSenders = 100;

/// A site on a unix socket, too, where the kernel keeps little of an answer, with a text that is compressed anew for
/// each client as long as none has read all of it.
struct ShortSite {
    ShortSite() {
        std::string text;
        for (int i = 0; text.size() < 2 * kMiB; ++i) text += std::to_string(i * 7919LL % 1'000'003) + " of many\n";
        site.files.write("text.txt", text);
        site.files.make_old("text.txt");
    }
    [[nodiscard]] RawClient connect_silent() const { return RawClient(folder.at("socket")); }
    [[nodiscard]] std::size_t counted(const std::string& name) const {
        site.server.signal(SIGUSR1);
        std::string text;
        const std::string wanted = " " + name + "=";
        support::eventually([&] { return (text = site.server.error_text()).find(wanted) != std::string::npos; });
        const std::size_t at = text.rfind(wanted);
        return at == std::string::npos ? 0 : std::stoul(text.substr(at + wanted.size()));
    }

    support::TempDir folder;
    Site site{std::vector<std::string>{"--memory", "64M", "--allow-upload", "--bind", "localhost", "--bind",
                                       "unix:" + folder.at("socket"), "--max-requests-per-client", "5000"}};
};

}  // namespace

TEST_CASE("memory: hundreds of clients that do not read are held within --memory, and others do not notice",
          "[e2e][memory]") {
    const ShortSite tried;
    std::vector<RawClient> silent;
    std::size_t most = 0;
    for (int i = 0; i < kSlowReaders + kSlowSenders; ++i) {
        silent.push_back(tried.connect_silent());
        if (i % 4 == 3) {
            silent.back().send("GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: " + std::string(15'000, 'a'));
        } else {
            silent.back().send(support::request("GET", "/text.txt", {"Accept-Encoding: gzip"}));
        }
        if (i % 20 != 0) continue;
        const auto answer = tried.site.fetch("GET", "/hello.txt");
        CHECK(answer.status == 200);
        CHECK(answer.body == "hello, world\n");
        most = std::max(most, tried.counted("memory_held_bytes"));
    }
    CHECK(support::eventually([&] { return tried.counted("memory_connections_cut") > 0; }));
    // Each reader would hold about 600 KiB. On a busy machine their texts are compressed later than they are asked for.
    CHECK(support::eventually([&] {
        most = std::max(most, tried.counted("memory_held_bytes"));
        return most > 16 * kMiB;
    }));
    CHECK(most < 64 * kMiB);
    CHECK(tried.site.server.error_text().find("warning: memory is short: ") != std::string::npos);
    CHECK(tried.site.fetch("GET", "/text.txt").body.size() >= 2 * kMiB);
}

TEST_CASE("memory: the start says the bound, and a cache that would take most of it has a quarter", "[e2e][memory]") {
    const Site site({"--memory", "128M", "--cache-size", "64M"});
    (void)site.fetch("GET", "/");
    CHECK(support::eventually([&] {
        return site.server.error_text().find("at most 128 MiB of memory for all that is buffered") != std::string::npos;
    }));
    CHECK(site.server.error_text().find("the cache has a quarter of --memory, 32M, and not the 64M of --cache-size") !=
          std::string::npos);
}
