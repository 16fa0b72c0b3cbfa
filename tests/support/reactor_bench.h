// A reactor that tests drive turn by turn: real sockets of this process, a clock that only the handler's work moves,
// and a disk that counts.
#pragma once

#include <sys/socket.h>

#include <algorithm>
#include <csignal>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/reactor.h"
#include "support/catch.h"
#include "support/fake_clock.h"
#include "support/temp_dir.h"

namespace support {

inline constexpr std::int64_t kUploadUs = 50;
/// Bytes of the content that "/work" is answered with.
inline constexpr int kWorkBytes = 40;
/// Uploads that do not all have their turn in one turn of the loop, but are all accepted in it.
inline constexpr int kMany = 50;
static_assert(kMany * kUploadUs > server::kHeavyShareAloneUs);

/// Everything asked stands in `order`. An upload of any kind takes kUploadUs for its head, and for its end.
class TimedHandler final : public handler::Handler {
public:
    explicit TimedHandler(FakeClock& clock) : clock_(clock) {}

    handler::Decision handle(const http::Request& request) override {
        order.emplace_back(request.target.path);
        on_asked();
        on_client(request);
        if (!http::is_safe(request.method)) {
            clock_.advance_us(kUploadUs);
            return std::make_unique<Sink>(*this);
        }
        if (request.target.path == "/work") {
            http::Response response;
            response.body = std::make_unique<Work>(*this);
            return response;
        }
        clock_.advance_us(light_us);
        http::Response response;
        if (request.target.path == "/big") {
            response.body = http::Piece(std::string(big_bytes, 'b'));
            return response;
        }
        response.body = http::Piece(std::string("hello"));
        return response;
    }
    /// Always: so no wait blocks.
    [[nodiscard]] std::optional<base::MonotonicMs> tidy_due() const override { return clock_.now_ms(); }

    std::size_t free_memory(std::size_t bytes) override {
        asked_to_free.push_back(bytes);
        return on_free(bytes);
    }

    std::int64_t light_us = 5;
    std::size_t big_bytes = 0;  ///< of the content of "/big"
    std::vector<std::size_t> asked_to_free;
    std::function<std::size_t(std::size_t)> on_free = [](std::size_t) { return std::size_t{0}; };
    int pulls = 0;  ///< of all answers to "/work"
    std::vector<std::string> order;
    std::vector<http::Wake> waiting;  ///< of finished bodies
    bool disk_done = true;
    int sinks_aborted = 0;
    std::function<void()> on_pending_gone = [] {};
    std::function<void()> on_asked = [] {};
    std::function<void(const http::Request&)> on_client = [](const http::Request&) {};

private:
    /// Content that takes kUploadUs for each of its bytes.
    class Work final : public http::BodySource {
    public:
        explicit Work(TimedHandler& owner) : owner_(owner) {}
        Pulled pull(std::span<std::byte> into) override {
            ++owner_.pulls;
            owner_.clock_.advance_us(kUploadUs);
            into.front() = std::byte{'w'};
            return {++made_ < kWorkBytes ? Outcome::produced : Outcome::finished, 1};
        }

    private:
        TimedHandler& owner_;
        int made_ = 0;
    };
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
    explicit CountingDisk(base::WakeQueue& wakes)
        : DiskQueue(wakes), in_line_(storage::make_synchronous_disk_queue(wakes)) {}
    storage::SyncTicket sync_data(base::SharedFd file, http::Wake wake) override {
        return in_line_->sync_data(std::move(file), wake);
    }
    storage::SyncTicket sync_all(base::SharedFd file, http::Wake wake) override {
        return in_line_->sync_all(std::move(file), wake);
    }
    void submit() override { ++submissions; }
    void reap() override {}
    [[nodiscard]] std::string_view kind() const override { return "counting"; }

    int submissions = 0;

private:
    std::unique_ptr<storage::DiskQueue> in_line_;
};

/// Is replaced when a test says so, and notes what it is told.
class ScriptedUpkeep final : public server::Upkeep {
public:
    explicit ScriptedUpkeep(const base::Clock& clock) : clock_(clock) {}
    void reload() override {}
    void begin_stopping() override { told.emplace_back("stop"); }
    void upgrade() override { told.emplace_back("upgrade"); }
    void hand_over_sockets() override { told.emplace_back("sockets"); }
    void hand_over_writing() override { told.emplace_back("writing"); }
    [[nodiscard]] std::optional<pid_t> successor() const override { return next; }
    void advance() override {}
    /// Always while there is a successor.
    [[nodiscard]] base::MonotonicMs due() const override { return next ? clock_.now_ms() : INT64_MAX; }

    std::optional<pid_t> next;
    std::vector<std::string> told;

private:
    const base::Clock& clock_;
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
                                                                           .audit_log = audit_log,
                                                                           .error_log = error_log,
                                                                           .counters = counters,
                                                                           .memory = memory,
                                                                           .upkeep = &upkeep});
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
            const bool stays = number == signals.descriptor() || number == wakes.descriptor() ||
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
    base::WakeQueue wakes;
    CountingDisk disk{wakes};
    server::AccessLog access_log{*server::LogFile::open("", 1), server::LogFormat::common};
    server::AuditLog audit_log{*server::LogFile::open("", 1)};
    server::ErrorLog error_log{*server::LogFile::open("", 2)};
    base::Counters counters;
    ScriptedUpkeep upkeep{clock};
    base::MemoryBudget memory{std::size_t{16} * 1024 * 1024};
    std::unique_ptr<server::Reactor> reactor;
};

}  // namespace support
