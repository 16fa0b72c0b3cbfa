// One connection over a scripted stream, with a fake clock and a handler that tests fill in: everything that the
// reactor would bring, without sockets or waiting.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/response.h"
#include "server/http1/connection.h"
#include "support/fake_clock.h"
#include "support/scripted_stream.h"

/// Answers by path; remembers what it was asked and what its sinks received.
class ScriptedHandler final : public handler::Handler {
public:
    class Sink final : public http::BodySink {
    public:
        explicit Sink(ScriptedHandler& owner) : owner_(owner) {}
        ~Sink() override {
            if (!finished_) ++owner_.sinks_aborted;
        }
        std::expected<void, http::Refusal> write(std::span<const std::byte> block) override {
            ++owner_.writes;
            owner_.received.append(reinterpret_cast<const char*>(block.data()), block.size());
            if (owner_.refuse_after && owner_.received.size() > *owner_.refuse_after) {
                return std::unexpected(http::Refusal{http::Status::insufficient_storage, "the disk is full"});
            }
            return {};
        }
        std::unique_ptr<http::PendingResponse> finish(std::string_view trailer_text) override {
            finished_ = true;
            owner_.trailers = trailer_text;
            return std::make_unique<Pending>(owner_);
        }
        std::optional<http::Interim> take_interim() override {
            if (owner_.interims.empty()) return std::nullopt;
            const auto [name, value] = std::move(owner_.interims.front());
            owner_.interims.pop_front();
            if (name.empty()) return std::nullopt;
            return http::Interim{http::Status::upload_resumption_supported, http::FieldList{{name, value}}};
        }
        [[nodiscard]] http::Refusal incomplete() const override {
            return {http::Status::bad_request, "the rest is missing"};
        }

    private:
        ScriptedHandler& owner_;
        bool finished_ = false;
    };
    class Pending final : public http::PendingResponse {
    public:
        explicit Pending(ScriptedHandler& owner) : owner_(owner) {}
        std::optional<http::Response> advance(http::Wake wake) override {
            owner_.last_wake = wake;
            if (!owner_.disk_done) return std::nullopt;
            http::Response response;
            response.status = http::Status::created;
            return response;
        }
        [[nodiscard]] http::Changes take_changes() override { return std::move(owner_.changes); }

    private:
        ScriptedHandler& owner_;
    };

    handler::Decision handle(const http::Request& request) override {
        paths.push_back(request.target.path);
        arrivals.push_back(request.arrival);
        if (request.method == http::Method::put) return std::make_unique<Sink>(*this);
        if (request.method == http::Method::del) return std::make_unique<Pending>(*this);
        const auto found = answers.find(request.target.path);
        if (found != answers.end()) return found->second();
        http::Response response;
        response.body = http::Piece(std::string(request.target.path));
        return response;
    }

    [[nodiscard]] bool stores_nothing(const http::Request&) const override { return nothing_is_stored; }
    [[nodiscard]] bool is_heavy(const http::Request& request) const override {
        return Handler::is_heavy(request) || request.target.path == heavy_path;
    }

    void decorate(const http::Request* request, http::Response& response) override {
        if (decoration) decoration(request, response);
    }

    std::function<void(const http::Request*, http::Response&)> decoration;  ///< of every answer; empty: none
    std::string heavy_path;                                                 ///< also where the method is safe
    bool nothing_is_stored = false;
    std::map<std::string, std::function<http::Response()>> answers;
    std::vector<std::string> paths;
    std::vector<std::uint64_t> arrivals;
    std::string received;
    std::string trailers;
    std::deque<std::pair<std::string, std::string>>
        interims;  ///< a field for each question to a sink; empty: no answer
    std::optional<std::size_t> refuse_after;
    bool disk_done = true;
    http::Changes changes;  ///< of pending work
    http::Wake last_wake = 0;
    int sinks_aborted = 0;
    int writes = 0;  ///< to sinks
};

/// A body source that gives `total` bytes of 'x', `per_pull` at a time.
class CountingSource final : public http::BodySource {
public:
    CountingSource(std::size_t total, std::size_t per_pull) : left_(total), per_pull_(per_pull) {}
    Pulled pull(std::span<std::byte> into) override {
        const std::size_t count = std::min({left_, per_pull_, into.size()});
        std::fill_n(into.begin(), count, std::byte{'x'});
        left_ -= count;
        return {left_ == 0 ? Outcome::finished : Outcome::produced, count};
    }

private:
    std::size_t left_;
    std::size_t per_pull_;
};

class ConnectionBench {
public:
    ConnectionBench()
        : access_log(*server::LogFile::open("", 1), server::LogFormat::common),
          audit_log(*server::LogFile::open("", 1)),
          error_log(*server::LogFile::open("", 2)),
          scratch(server::kScratchBytes),
          turn{.config = config,
               .clock = clock,
               .handler = handler,
               .blocks = blocks,
               .exchanges = exchanges,
               .http2_exchanges = http2_exchanges,
               .requests = requests,
               .waiting = waiting,
               .arrivals = arrivals,
               .date = date,
               .access_log = access_log,
               .audit_log = audit_log,
               .error_log = error_log,
               .metrics = metrics,
               .scratch = scratch} {
        auto owned = std::make_unique<ScriptedStream>();
        stream = owned.get();
        server::Transport transport(std::move(owned), net::PeerAddress{}, clock.now_ms());
        connection =
            std::make_unique<server::http1::Connection>(std::move(transport), net::Token{7, 3}, clock.now_ms());
    }

    /// One turn of the loop for this connection; one that turns heavy has its turn among those at once.
    server::Connection::Verdict step() {
        connection->receive(turn);
        const server::Weight before = connection->weight();
        const server::Connection::Verdict verdict = connection->advance(turn);
        return connection->weight() > before ? connection->advance(turn) : verdict;
    }
    /// Turns until the connection waits without anything left in the script, or closes.
    server::Connection::Verdict run(int at_most = 10'000) {
        server::Connection::Verdict verdict = server::Connection::Verdict::wait;
        for (int i = 0; i < at_most; ++i) {
            const int before = stream->receives;
            verdict = step();
            if (verdict == server::Connection::Verdict::close) break;
            const bool quiet = verdict == server::Connection::Verdict::wait && stream->unreceived_bytes() == 0;
            if (quiet && (stream->receives == before || stream->script_done())) break;
        }
        return verdict;
    }
    server::Connection::Verdict expire_after(std::int64_t milliseconds) {
        clock.advance_ms(milliseconds);
        return connection->expire(turn);
    }

    server::ServerConfig config;
    FakeClock clock;
    ScriptedHandler handler;
    base::BlockPool blocks{server::kBlockBytes, 4};
    server::RequestShares requests{config};
    server::ExchangeTable waiting;
    server::ExchangePool<server::http1::Exchange> exchanges{4};
    server::ExchangePool<server::http2::Exchange> http2_exchanges{4};
    base::ArrivalClock arrivals;
    http::DateLine date;
    server::AccessLog access_log;
    server::AuditLog audit_log;
    server::ErrorLog error_log;
    server::Metrics metrics;
    std::vector<std::byte> scratch;
    server::Turn turn;
    ScriptedStream* stream = nullptr;
    std::unique_ptr<server::http1::Connection> connection;
};

/// The status codes of the answers in `bytes`, 1xx included.
inline std::vector<int> statuses(std::string_view bytes) {
    std::vector<int> found;
    for (std::size_t at = bytes.find("HTTP/1.1 "); at != std::string_view::npos; at = bytes.find("HTTP/1.1 ", at + 9)) {
        found.push_back(std::stoi(std::string(bytes.substr(at + 9, 3))));
    }
    return found;
}
