// The loop turn by turn: real sockets of this process, a clock that only the handler's work moves, and a disk that counts.
#include "server/reactor.h"

#include <sys/socket.h>

#include <csignal>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "support/catch.h"
#include "support/fake_clock.h"
#include "support/temp_dir.h"

namespace {

constexpr std::int64_t kUploadUs = 50;
/// Uploads that do not all have their turn in one turn of the loop, but are all accepted in it.
constexpr int kMany = 50;
static_assert(kMany * kUploadUs > server::kHeavyShareAloneUs);

/// Everything asked stands in `order`. An upload of any kind takes kUploadUs for its head, and for its end.
class TimedHandler final : public handler::Handler {
public:
    explicit TimedHandler(FakeClock& clock) : clock_(clock) {}

    handler::Decision handle(const http::Request& request) override {
        order.emplace_back(request.target.path);
        on_asked();
        if (!http::is_safe(request.method)) {
            clock_.advance_us(kUploadUs);
            return std::make_unique<Sink>(*this);
        }
        clock_.advance_us(light_us);
        http::Response response;
        response.body = http::Piece(std::string("hello"));
        return response;
    }
    /// Always: so no wait blocks.
    [[nodiscard]] std::optional<base::MonotonicMs> tidy_due() const override { return clock_.now_ms(); }

    std::int64_t light_us = 5;
    std::vector<std::string> order;
    std::vector<http::Wake> waiting;  ///< of finished bodies
    bool disk_done = true;
    int sinks_aborted = 0;
    std::function<void()> on_pending_gone = [] {};
    std::function<void()> on_asked = [] {};

private:
    class Sink final : public http::BodySink {
    public:
        explicit Sink(TimedHandler& owner) : owner_(owner) {}
        ~Sink() override {
            if (!finished_) ++owner_.sinks_aborted;
        }
        std::expected<void, http::Refusal> write(std::span<const std::byte>) override { return {}; }
        std::unique_ptr<http::PendingResponse> finish(std::string_view) override {
            finished_ = true;
            return std::make_unique<Pending>(owner_);
        }
        [[nodiscard]] http::Refusal incomplete() const override { return {http::Status::bad_request, "cut off"}; }

    private:
        TimedHandler& owner_;
        bool finished_ = false;
    };
    class Pending final : public http::PendingResponse {
    public:
        explicit Pending(TimedHandler& owner) : owner_(owner) {}
        ~Pending() override { owner_.on_pending_gone(); }
        std::optional<http::Response> advance(http::Wake wake) override {
            if (!owner_.disk_done) {
                owner_.waiting.push_back(wake);
                return std::nullopt;
            }
            http::Response response;
            response.status = http::Status::created;
            return response;
        }

    private:
        TimedHandler& owner_;
    };

    FakeClock& clock_;
};

/// Nothing waits for it but what a test wakes.
class CountingDisk final : public storage::DiskQueue {
public:
    storage::SyncTicket sync_data(base::SharedFd file, http::Wake wake) override {
        return in_line_->sync_data(std::move(file), wake);
    }
    storage::SyncTicket sync_all(base::SharedFd file, http::Wake wake) override {
        return in_line_->sync_all(std::move(file), wake);
    }
    void wake_later(http::Wake wake) override { in_line_->wake_later(wake); }
    void submit() override { ++submissions; }
    void reap(std::vector<http::Wake>& wakes) override { in_line_->reap(wakes); }
    [[nodiscard]] int event_descriptor() const override { return in_line_->event_descriptor(); }
    [[nodiscard]] std::string_view kind() const override { return "counting"; }

    int submissions = 0;

private:
    std::unique_ptr<storage::DiskQueue> in_line_ = storage::make_in_line_disk_queue();
};

/// What Signals changes in the process, put back at the end of the scope: other tests rely on the defaults.
struct KeptSignals {
    KeptSignals() {
        ::sigprocmask(SIG_SETMASK, nullptr, &mask);
        ::sigaction(SIGPIPE, nullptr, &broken_pipe);
        ::sigaction(SIGXFSZ, nullptr, &large_file);
    }
    ~KeptSignals() {
        ::sigprocmask(SIG_SETMASK, &mask, nullptr);
        ::sigaction(SIGPIPE, &broken_pipe, nullptr);
        ::sigaction(SIGXFSZ, &large_file, nullptr);
    }
    KeptSignals(const KeptSignals&) = delete;
    KeptSignals& operator=(const KeptSignals&) = delete;
    sigset_t mask{};
    struct sigaction broken_pipe{};
    struct sigaction large_file{};
};

class ReactorBench {
public:
    ReactorBench() {
        listeners.push_back(*net::Listener::open(address, 256));
        reactor = std::make_unique<server::Reactor>(server::Reactor::Parts{.config = config,
                                                                           .clock = clock,
                                                                           .poller = poller,
                                                                           .signals = signals,
                                                                           .listeners = listeners,
                                                                           .handler = handler,
                                                                           .arrivals = arrivals,
                                                                           .disk = disk,
                                                                           .access_log = access_log,
                                                                           .error_log = error_log});
        REQUIRE(reactor->start());
    }

    /// Of this process and local: what is sent is there when the call returns.
    base::Fd connect() {
        base::Fd client(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        sockaddr_storage storage{};
        const socklen_t length = address.fill(storage);
        REQUIRE(::connect(client.get(), reinterpret_cast<const sockaddr*>(&storage), length) == 0);
        return client;
    }
    /// Connections that have sent one upload each and got its answer: heavy ones.
    std::vector<base::Fd> connect_uploaders(int count) {
        std::vector<base::Fd> clients;
        for (int i = 0; i < count; ++i) clients.push_back(connect());
        for (const base::Fd& client : clients) send(client, put("/before"));
        turns(count);
        for (const base::Fd& client : clients) REQUIRE(receive(client).starts_with("HTTP/1.1 201 "));
        handler.order.clear();
        return clients;
    }
    static void send(const base::Fd& client, std::string_view bytes) {
        REQUIRE(::send(client.get(), bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
    }
    /// What is there.
    static std::string receive(const base::Fd& client) {
        std::string bytes(65536, '\0');
        const ssize_t got = ::recv(client.get(), bytes.data(), bytes.size(), 0);
        bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        return bytes;
    }
    /// The server has closed it.
    static bool is_ended(const base::Fd& client) {
        char byte = 0;
        return ::recv(client.get(), &byte, 1, 0) == 0;
    }
    static std::string get(std::string_view path) {
        return "GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n\r\n";
    }
    static std::string put(std::string_view path) {
        return "PUT " + std::string(path) + " HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi";
    }
    /// The kernel watches no connection any more.
    void forget_connections() {
        constexpr int kMost = 1024;
        for (int number = 0; number < kMost; ++number) {
            const bool stays = number == signals.descriptor() || number == disk.event_descriptor() ||
                               number == listeners.front().descriptor();
            if (!stays) poller.remove(number);
        }
    }
    /// Every waiting upload has its turn in so many turns of the loop, and a few for what follows.
    void turns(int count) {
        for (int i = 0; i < count + 4; ++i) reactor->turn();
    }
    [[nodiscard]] int asked(std::string_view path) const {
        return static_cast<int>(std::count(handler.order.begin(), handler.order.end(), path));
    }

    KeptSignals kept;
    support::TempDir directory;
    net::Address address = *net::Address::parse("unix:" + directory.at("socket"), 0);
    server::ServerConfig config;
    FakeClock clock;
    net::Poller poller = *net::Poller::create();
    net::Signals signals = *net::Signals::open();
    std::vector<net::Listener> listeners;
    TimedHandler handler{clock};
    base::ArrivalClock arrivals;
    CountingDisk disk;
    server::AccessLog access_log{*server::LogFile::open("", 1), server::LogFormat::common};
    server::ErrorLog error_log{*server::LogFile::open("", 2)};
    std::unique_ptr<server::Reactor> reactor;
};

}  // namespace

TEST_CASE("reactor: a small GET is answered before the uploads that were ready with it", "[server][reactor]") {
    ReactorBench bench;
    const auto uploaders = bench.connect_uploaders(50);
    const base::Fd reader = bench.connect();
    for (const base::Fd& client : uploaders) bench.send(client, bench.put("/up"));
    bench.send(reader, bench.get("/small"));
    bench.reactor->turn();
    REQUIRE_FALSE(bench.handler.order.empty());
    CHECK(bench.handler.order.front() == "/small");
    CHECK(bench.receive(reader).starts_with("HTTP/1.1 200 "));
    // And the next one waits for no more than the share of the uploads.
    CHECK(bench.asked("/up") == server::kHeavyShareUs / kUploadUs);
    bench.send(reader, bench.get("/small"));
    bench.reactor->turn();
    CHECK(bench.asked("/small") == 2);
    CHECK(bench.asked("/up") == 2 * server::kHeavyShareUs / kUploadUs);
    bench.turns(50);
    CHECK(bench.asked("/up") == 50);
    for (const base::Fd& client : uploaders) CHECK(bench.receive(client).starts_with("HTTP/1.1 201 "));
}

TEST_CASE("reactor: uploads of new connections wait for their turn like others", "[server][reactor]") {
    ReactorBench bench;
    const base::Fd reader = bench.connect();
    bench.send(reader, bench.get("/small"));
    bench.reactor->turn();
    std::vector<base::Fd> clients;
    for (int i = 0; i < 50; ++i) {
        clients.push_back(bench.connect());
        bench.send(clients.back(), bench.put("/up"));
    }
    bench.reactor->turn();
    CHECK(bench.asked("/up") == server::kHeavyShareUs / kUploadUs);
    bench.turns(50);
    CHECK(bench.asked("/up") == 50);
}

TEST_CASE("reactor: what becomes an upload in this turn has its turn", "[server][reactor]") {
    ReactorBench bench;
    const base::Fd client = bench.connect();
    bench.send(client, bench.get("/small") + bench.put("/up"));
    bench.reactor->turn();
    CHECK(bench.handler.order == std::vector<std::string>{"/small", "/up"});
    CHECK(bench.receive(client).find("HTTP/1.1 201 ") != std::string::npos);
    // And is light again with its next request.
    bench.send(client, bench.get("/a") + bench.put("/b") + bench.get("/c"));
    bench.turns(0);
    CHECK(bench.handler.order == std::vector<std::string>{"/small", "/up", "/a", "/b", "/c"});
}

TEST_CASE("reactor: uploads go on while light requests never end", "[server][reactor]") {
    ReactorBench bench;
    const auto uploaders = bench.connect_uploaders(30);
    const base::Fd reader = bench.connect();
    bench.handler.light_us = 10 * kUploadUs;
    for (const base::Fd& client : uploaders) bench.send(client, bench.put("/up"));
    for (int turn = 1; turn <= 4; ++turn) {
        bench.send(reader, bench.get("/slow"));
        bench.reactor->turn();
        CHECK(bench.asked("/slow") == turn);
        // As long as the others took, which is more than their share would be.
        CHECK(bench.asked("/up") == std::min(10 * turn, 30));
    }
}

TEST_CASE("reactor: uploads alone have a longer share", "[server][reactor]") {
    ReactorBench bench;
    const auto uploaders = bench.connect_uploaders(kMany);
    for (const base::Fd& client : uploaders) bench.send(client, bench.put("/up"));
    bench.reactor->turn();
    CHECK(bench.asked("/up") == server::kHeavyShareAloneUs / kUploadUs);
}

TEST_CASE("reactor: what a round of uploads has for the disk is submitted together", "[server][reactor]") {
    ReactorBench bench;
    const auto uploaders = bench.connect_uploaders(51);
    const base::Fd reader = bench.connect();
    for (const base::Fd& client : uploaders) bench.send(client, bench.put("/up"));
    bench.send(reader, bench.get("/small"));
    bench.disk.submissions = 0;
    for (int i = 0; i < 40; ++i) bench.reactor->turn();
    CHECK(bench.asked("/up") == 40);
    CHECK(bench.disk.submissions == 0);
    SECTION("at its end, which ends the turn as well") {
        // Of those who had their turn the first have their next upload here already.
        for (std::size_t i = 0; i < 10; ++i) bench.send(uploaders[i], bench.put("/up"));
        for (int i = 0; i < 11; ++i) bench.reactor->turn();
        CHECK(bench.asked("/up") == 51);
        CHECK(bench.disk.submissions == 1);
    }
    SECTION("or when it takes long") {
        bench.clock.advance_ms(10);
        bench.reactor->turn();
        CHECK(bench.asked("/up") == 41);
        CHECK(bench.disk.submissions == 1);
        bench.reactor->turn();
        CHECK(bench.disk.submissions == 1);
    }
}

TEST_CASE("reactor: a connection that closes while it waits for its turn is forgotten", "[server][reactor]") {
    ReactorBench bench;
    auto uploaders = bench.connect_uploaders(kMany);
    const std::string upload = bench.put("/up");
    for (const base::Fd& client : uploaders) bench.send(client, upload.substr(0, upload.size() - 1));
    bench.reactor->turn();
    const int begun = bench.asked("/up");
    REQUIRE(begun < kMany);
    for (base::Fd& client : uploaders) client.reset();
    bench.turns(200);
    // Of each the head was received before it closed: the handler is asked, and every sink is given up.
    CHECK(bench.asked("/up") == kMany);
    CHECK(bench.handler.sinks_aborted == kMany);
    // Whoever takes the slots has a clean start.
    const base::Fd reader = bench.connect();
    bench.send(reader, bench.put("/new"));
    bench.reactor->turn();
    CHECK(bench.receive(reader).starts_with("HTTP/1.1 201 "));
}

TEST_CASE("reactor: a connection that waits for its turn is not late by its own fault", "[server][reactor]") {
    ReactorBench bench;
    const auto uploaders = bench.connect_uploaders(kMany);
    for (const base::Fd& client : uploaders) bench.send(client, bench.put("/up").substr(0, 20));
    bench.turns(60);
    for (const base::Fd& client : uploaders) bench.send(client, bench.put("/up").substr(20));
    bench.reactor->turn();
    REQUIRE(bench.asked("/up") < kMany);
    bench.clock.advance_ms(bench.config.header_timeout_ms);
    bench.turns(60);
    CHECK(bench.asked("/up") == kMany);
    for (const base::Fd& client : uploaders) CHECK(bench.receive(client).starts_with("HTTP/1.1 201 "));
}

TEST_CASE("reactor: a wake from the disk finds a connection that waits for its turn", "[server][reactor]") {
    ReactorBench bench;
    const auto uploaders = bench.connect_uploaders(kMany);
    bench.handler.disk_done = false;
    for (const base::Fd& client : uploaders) bench.send(client, bench.put("/up"));
    bench.turns(60);
    REQUIRE(bench.handler.waiting.size() == kMany);
    bench.handler.disk_done = true;
    // Two for each, as of an operation that waited for another one.
    for (const http::Wake wake : bench.handler.waiting) bench.disk.wake_later(wake);
    bench.reactor->turn();
    for (const http::Wake wake : bench.handler.waiting) bench.disk.wake_later(wake);
    bench.turns(60);
    for (const base::Fd& client : uploaders) CHECK(bench.receive(client).starts_with("HTTP/1.1 201 "));
}

TEST_CASE("reactor: a commit goes on, and is answered, when the poller refuses its connection", "[server][reactor]") {
    ReactorBench bench;
    const base::Fd client = bench.connect();
    bench.send(client, bench.get("/watched"));
    bench.turns(1);
    REQUIRE(bench.receive(client).starts_with("HTTP/1.1 200 "));
    bench.handler.disk_done = false;
    int gone = 0;
    bench.handler.on_pending_gone = [&] { ++gone; };
    // No change is possible for a descriptor that the kernel does not watch.
    bench.handler.on_asked = [&] { bench.forget_connections(); };
    bench.send(client, bench.put("/up"));
    bench.turns(8);
    REQUIRE(bench.asked("/up") == 1);
    REQUIRE_FALSE(bench.handler.waiting.empty());
    CHECK(gone == 0);
    bench.handler.on_asked = [] {};
    bench.handler.disk_done = true;
    bench.disk.wake_later(bench.handler.waiting.front());
    bench.turns(2);
    CHECK(gone == 1);
    CHECK(bench.receive(client).starts_with("HTTP/1.1 201 "));
    bench.send(client, bench.get("/after"));
    bench.turns(2);
    CHECK(bench.receive(client).starts_with("HTTP/1.1 200 "));
}

TEST_CASE("reactor: when the server stops, uploads whose heads wait for their turn are still answered",
          "[server][reactor]") {
    ReactorBench bench;
    const auto idle = bench.connect_uploaders(3);
    std::vector<base::Fd> clients;
    for (int i = 0; i < kMany; ++i) {
        clients.push_back(bench.connect());
        bench.send(clients.back(), bench.put("/up"));
    }
    bench.reactor->turn();
    REQUIRE(bench.asked("/up") < kMany);
    REQUIRE(::kill(::getpid(), SIGTERM) == 0);
    bench.turns(60);
    CHECK(bench.asked("/up") == kMany);
    for (const base::Fd& client : clients) CHECK(bench.receive(client).starts_with("HTTP/1.1 201 "));
    // These have nothing to wait for: the server ended them, and so this is over at once.
    for (const base::Fd& client : idle) CHECK(bench.is_ended(client));
    bench.reactor->run();
}

TEST_CASE("reactor: nothing goes to the disk for uploads that were given up when the server stopped",
          "[server][reactor]") {
    ReactorBench bench;
    const auto clients = bench.connect_uploaders(3);
    bench.handler.disk_done = false;
    for (const base::Fd& client : clients) bench.send(client, bench.put("/up"));
    bench.turns(3);
    REQUIRE(bench.handler.waiting.size() == 3);
    int submitted = -1;
    bench.handler.on_pending_gone = [&] { submitted = bench.disk.submissions; };
    // Two different ones: of one kind the kernel keeps one.
    REQUIRE(::kill(::getpid(), SIGTERM) == 0);
    REQUIRE(::kill(::getpid(), SIGINT) == 0);
    bench.reactor->run();
    CHECK(submitted >= 0);
    CHECK(bench.disk.submissions == submitted);
}
