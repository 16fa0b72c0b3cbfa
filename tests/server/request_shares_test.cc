// Requests that a client has under way, over connections of either version.
#include "server/request_shares.h"

#include <memory>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/connection_bench.h"

namespace {

constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr std::string_view kWork = "DELETE /b HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr http::ClientKey kGreedy{0, 1};
constexpr http::ClientKey kOther{0, 2};
using Codes = std::vector<int>;

/// Connections of several clients to one server, whose deletions do not end.
class Bench : public ConnectionBench {
public:
    Bench() {
        config.max_requests_per_client = 2;
        handler.disk_done = false;
    }
    struct Peer {
        ScriptedStream* stream;
        std::unique_ptr<server::http1::Connection> connection;
    };
    Peer send(const http::ClientKey& client, std::string_view bytes) {
        auto owned = std::make_unique<ScriptedStream>();
        Peer peer{owned.get(), nullptr};
        peer.stream->incoming(bytes);
        server::Transport transport(std::move(owned), net::PeerAddress{}, clock.now_ms());
        transport.client.key = client;
        peer.connection =
            std::make_unique<server::http1::Connection>(std::move(transport), net::Token{7, 3}, clock.now_ms());
        peer.connection->receive(turn);
        for (int i = 0; i < 3; ++i) (void)peer.connection->advance(turn);
        return peer;
    }
};

}  // namespace

TEST_CASE("request shares: a client with its share under way is answered 429, others are served", "[server]") {
    Bench bench;
    base::Counters counters;
    const auto shown = bench.requests.register_counters(counters);
    std::vector<Bench::Peer> held;
    for (int i = 0; i < 2; ++i) held.push_back(bench.send(kGreedy, kWork));
    CHECK(bench.waiting.size() == 2);
    const auto refused = bench.send(kGreedy, kGet);
    CHECK(statuses(refused.stream->sent()) == Codes{429});
    CHECK(refused.stream->sent().find("Retry-After: 1\r\n") != std::string::npos);
    CHECK(statuses(bench.send(kOther, kGet).stream->sent()) == Codes{200});
    CHECK(base::counters_line(counters).find("requests_over_share=1") != std::string::npos);
    held.pop_back();
    CHECK(statuses(bench.send(kGreedy, kGet).stream->sent()) == Codes{200});
}

TEST_CASE("request shares: what is answered at once does not count", "[server]") {
    Bench bench;
    std::string many;
    for (int i = 0; i < 10; ++i) many += kGet;
    CHECK(statuses(bench.send(kGreedy, many).stream->sent()) == Codes(10, 200));
}

TEST_CASE("request shares: a body that is coming and an answer that is not read count", "[server]") {
    Bench bench;
    bench.handler.answers["/large"] = [] {
        http::Response response;
        response.body = std::make_unique<CountingSource>(1 << 20, 4096);
        return response;
    };
    const auto upload = bench.send(kGreedy, "PUT /b HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf");
    const auto download = bench.send(kGreedy, "GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(statuses(bench.send(kGreedy, kGet).stream->sent()) == Codes{429});
}

TEST_CASE("request shares: unix sockets are those of many clients", "[server]") {
    Bench bench;
    std::vector<Bench::Peer> held;
    for (int i = 0; i < 3; ++i) held.push_back(bench.send(http::ClientKey(), kWork));
    CHECK(statuses(bench.send(http::ClientKey(), kGet).stream->sent()) == Codes{200});
}
