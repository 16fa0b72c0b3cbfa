// Receiving and sending over a scripted stream: what is counted, when either side has ended, and who gets more time.
#include "server/transport.h"

#include <memory>
#include <string>
#include <utility>

#include "support/catch.h"
#include "support/connection_bench.h"

using server::Transport;

namespace {

struct Transporting {
    Transporting() {
        auto owned = std::make_unique<ScriptedStream>();
        stream = owned.get();
        transport.emplace(std::move(owned), net::PeerAddress{}, bench.clock.now_ms());
    }
    void put(std::string_view text) { transport->output.append_bytes(bench.blocks, std::as_bytes(std::span(text))); }

    ConnectionBench bench;
    ScriptedStream* stream = nullptr;
    std::optional<Transport> transport;
};

/// A stream over TLS whose client may have shown a certificate.
class NamedStream final : public net::Stream {
public:
    NamedStream() { is_encrypted_ = true; }
    net::IoResult receive(std::span<std::byte>) override { return {net::IoStatus::would_block}; }
    net::IoResult send(std::span<const iovec>, bool) override { return {net::IoStatus::would_block}; }
    net::IoResult send_file(int, std::uint64_t, std::size_t) override { return {net::IoStatus::would_block}; }
    void shut_down_write() override {}
    void abort() override {}
    [[nodiscard]] std::string_view peer_name() override { return name; }

    std::string name;
};

}  // namespace

TEST_CASE("transport: what comes is counted, and advances the clock of arrivals once for each receive", "[server]") {
    Transporting each;
    each.stream->incoming("abc").would_block().incoming("de");
    each.transport->receive(each.bench.turn);
    CHECK(each.transport->arrival == 1);
    each.transport->receive(each.bench.turn);
    CHECK(each.transport->arrival == 1);
    each.transport->receive(each.bench.turn);
    CHECK(each.transport->arrival == 2);
    CHECK(each.bench.metrics.bytes_received == 5);
    CHECK(each.transport->input_end == Transport::Input::open);
}

TEST_CASE("transport: an end and a failure end the input for good", "[server]") {
    for (const bool fails : {false, true}) {
        Transporting each;
        if (fails) {
            each.stream->fail_receive();
        } else {
            each.stream->eof();
        }
        each.transport->receive(each.bench.turn);
        CHECK(each.transport->input_end == Transport::Input::ended);
        CHECK_FALSE(each.transport->may_receive());
        const int receives = each.stream->receives;
        each.transport->receive(each.bench.turn);
        CHECK(each.stream->receives == receives);
    }
}

TEST_CASE("transport: nothing is received while too much output waits", "[server]") {
    Transporting each;
    each.stream->incoming("abc");
    each.stream->set_send_room(0);
    const auto owner = std::make_shared<const std::string>(server::kHighWaterBytes, 'x');
    each.transport->output.append_blob(owner, std::as_bytes(std::span(*owner)));
    CHECK_FALSE(each.transport->may_receive());
    each.transport->receive(each.bench.turn);
    CHECK(each.stream->receives == 0);
    CHECK(each.transport->interest(true, true) == net::Interest::write);
    each.stream->set_send_room(ScriptedStream::kUnlimited);
    CHECK(each.transport->flush(ScriptedStream::kUnlimited, each.bench.turn).bytes == server::kHighWaterBytes);
    CHECK(each.transport->interest(true, false) == net::Interest::read);
    CHECK(each.bench.metrics.bytes_sent == server::kHighWaterBytes);
}

TEST_CASE("transport: when all output has left, the write deadline is set anew", "[server]") {
    Transporting each;
    each.put("answer");
    each.bench.clock.advance_ms(500);
    const auto before = each.transport->write_due_ms(each.bench.config);
    static_cast<void>(each.transport->flush(ScriptedStream::kUnlimited, each.bench.turn));
    CHECK(each.transport->write_due_ms(each.bench.config) == before + 500);
}

TEST_CASE("transport: a peer that read at the lowest rate gets as long again, a slower one does not", "[server]") {
    for (const bool reads : {true, false}) {
        constexpr std::size_t kSent = 100'000;
        Transporting each;
        each.bench.config.min_rate = 100;
        const auto owner = std::make_shared<const std::string>(2 * kSent, 'x');
        each.transport->output.append_blob(owner, std::as_bytes(std::span(*owner)));
        each.stream->set_send_room(kSent);
        each.stream->set_unacknowledged(kSent);
        REQUIRE(each.transport->flush(ScriptedStream::kUnlimited, each.bench.turn).bytes == kSent);
        const auto since = each.transport->progress_ms;
        each.bench.clock.advance_ms(10'000);
        each.stream->set_unacknowledged(kSent - (reads ? 1'000 : 999));
        CHECK(each.transport->peer_has_read(each.bench.turn) == reads);
        CHECK(each.transport->progress_ms == since + (reads ? 10'000 : 0));
    }
}

TEST_CASE("transport: lost output is dropped, and nothing may follow it", "[server]") {
    Transporting each;
    each.put("answer");
    each.transport->lose_output();
    CHECK(each.transport->output.empty());
    CHECK(each.transport->output_end == Transport::Output::lost);
}

TEST_CASE("transport: what a stream itself waits for is added to the interest", "[server]") {
    Transporting each;
    each.stream->set_wants(net::Interest::write);
    CHECK(each.transport->interest(true, false) == (net::Interest::read | net::Interest::write));
    each.stream->set_has_buffered();
    CHECK(each.transport->has_unannounced(true));
    CHECK_FALSE(each.transport->has_unannounced(false));
}

TEST_CASE("transport: a request is told whom the certificate of its client names, as long as that counts",
          "[server][certificate]") {
    ConnectionBench bench;
    auto owned = std::make_unique<NamedStream>();
    NamedStream& stream = *owned;
    Transport transport(std::move(owned), net::PeerAddress{}, bench.clock.now_ms());
    http::Request first;
    transport.describe(first);
    CHECK(first.is_secure);
    CHECK(first.certified == nullptr);
    stream.name = "alice";
    transport.describe(first);
    REQUIRE(first.certified != nullptr);
    CHECK(first.certified->name == "alice");
    CHECK_FALSE(first.certified->has_account);
    http::Request second;
    transport.describe(second);
    CHECK(second.certified == first.certified);
    stream.name.clear();
    transport.describe(second);
    CHECK(second.certified == nullptr);
}

TEST_CASE("transport: a plain stream says nothing about its client", "[server][certificate]") {
    Transporting each;
    http::Request request;
    each.transport->describe(request);
    CHECK_FALSE(request.is_secure);
    CHECK(request.certified == nullptr);
}
