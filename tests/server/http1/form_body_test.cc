// Forms with files through a connection: the delimiter at every offset of what is received at once, delayed segments,
// and turns for others between slices of work.
#include <string>
#include <string_view>

#include "support/catch.h"
#include "support/connection_bench.h"
#include "support/write_answers.h"
#include "uploads/form_uploads.h"

namespace {

/// A connection whose requests go to a real site.
class FormBench {
public:
    FormBench() {
        site::SiteConfig config = support::AnsweringSite::all_allowed();
        config.on_conflict = storage::OnConflict::replace;
        site.emplace(config);
        turn.emplace(server::Turn{.config = bench.config,
                                  .clock = bench.clock,
                                  .handler = *site->site,
                                  .blocks = bench.blocks,
                                  .exchanges = bench.exchanges,
                                  .http2_exchanges = bench.http2_exchanges,
                                  .requests = bench.requests,
                                  .waiting = bench.waiting,
                                  .arrivals = bench.arrivals,
                                  .date = bench.date,
                                  .access_log = bench.access_log,
                                  .audit_log = bench.audit_log,
                                  .error_log = bench.error_log,
                                  .metrics = bench.metrics,
                                  .scratch = bench.scratch});
    }

    /// A new connection that `fill` scripts; turns until it has answered. Returns the status.
    template <class Fill>
    int answer(const Fill& fill) {
        auto owned = std::make_unique<ScriptedStream>();
        ScriptedStream& stream = *owned;
        const base::MonotonicMs now_ms = bench.clock.now_ms();
        server::http1::Connection connection(server::Transport(std::move(owned), net::PeerAddress{}, now_ms),
                                             net::Token{7, 3}, now_ms);
        fill(stream);
        turns = 0;
        std::vector<http::Wake> wakes;
        for (; turns < 20'000 && stream.sent().empty(); ++turns) {
            connection.receive(*turn);
            const auto verdict = connection.advance(*turn);
            if (connection.state() == server::http1::ConnectionState::answering) support::wait_for(*site->disk);
            support::reap(*site->disk, wakes);
            if (verdict == server::Connection::Verdict::close) break;
        }
        return statuses(stream.sent()).empty() ? 0 : statuses(stream.sent()).front();
    }

    ConnectionBench bench;
    std::optional<support::AnsweringSite> site;
    std::optional<server::Turn> turn;
    int turns = 0;
};

std::string head_of(std::string_view framing) {
    return support::head("POST", "/", "Content-Type: multipart/form-data; boundary=AaB03x\r\n" + std::string(framing));
}

std::string with_length(const std::string& body) {
    return head_of("Content-Length: " + std::to_string(body.size()) + "\r\n") + body;
}

std::string file_part(std::string_view name, std::string_view content) {
    return "--AaB03x\r\nContent-Disposition: form-data; name=f; filename=\"" + std::string(name) + "\"\r\n\r\n" +
           std::string(content) + "\r\n";
}

constexpr std::string_view kEnd = "--AaB03x--\r\n";

}  // namespace

TEST_CASE("form body: segments cut anywhere and delayed give the same files", "[server][forms]") {
    FormBench bench;
    const std::string body = file_part("a", "one\r\n--AaB03") + file_part("b", "two") + std::string(kEnd);
    const std::string request = with_length(body);
    for (std::size_t cut = 1; cut < request.size(); ++cut) {
        const int status = bench.answer([&](ScriptedStream& stream) {
            stream.incoming(request.substr(0, cut)).would_block().incoming(request.substr(cut));
        });
        INFO("cut at " << cut);
        REQUIRE(status / 100 == 2);
        REQUIRE(bench.site->directory.read("a") == "one\r\n--AaB03");
        REQUIRE(bench.site->directory.read("b") == "two");
        bench.site->directory.write("a", "");
    }
    const int status = bench.answer([&](ScriptedStream& stream) { stream.incoming_bytewise(request, true); });
    CHECK(status / 100 == 2);
    CHECK(bench.site->directory.read("a") == "one\r\n--AaB03");
}

TEST_CASE("form body: the delimiter at every offset of a read block", "[server][forms]") {
    FormBench bench;
    const std::string start = file_part("a", "");
    const std::size_t content_at = start.size() - 2;
    // With a length the body is received in pieces of the scratch memory; in chunks, of the input block.
    for (const std::size_t block : {server::kScratchBytes, server::kBlockBytes}) {
        const bool chunked = block == server::kBlockBytes;
        const std::size_t before = chunked ? head_of("Transfer-Encoding: chunked\r\n").size() + 7 : 0;
        for (std::size_t back = 0; back < 16; ++back) {
            const std::string content(block - before - content_at - back, 'x');
            const std::string body = file_part("a", content) + file_part("b", "y") + std::string(kEnd);
            std::array<char, 16> size{};
            std::snprintf(size.data(), size.size(), "%05zx\r\n", body.size());
            const std::string request =
                chunked ? head_of("Transfer-Encoding: chunked\r\n") + size.data() + body + "\r\n0\r\n\r\n"
                        : with_length(body);
            const std::size_t head_end = chunked ? 0 : request.find("\r\n\r\n") + 4;
            const int status = bench.answer([&](ScriptedStream& stream) {
                stream.incoming(request.substr(0, head_end)).incoming(request.substr(head_end));
            });
            INFO((chunked ? "chunked, " : "with a length, ") << back << " before the end of a block");
            REQUIRE(status / 100 == 2);
            REQUIRE((bench.site->directory.read("a") == content));
            REQUIRE(bench.site->directory.read("b") == "y");
            bench.site->directory.write("b", "");
        }
    }
}

TEST_CASE("form body: others have their turn between slices of many small files", "[server][forms]") {
    FormBench bench;
    std::string body;
    for (int i = 0; i < 400; ++i) body += file_part("f" + std::to_string(i), "x");
    body += kEnd;
    REQUIRE(body.size() < server::kScratchBytes);
    CHECK(bench.answer([&](ScriptedStream& stream) { stream.incoming(with_length(body)); }) == 201);
    CHECK(bench.site->directory.list().size() == 400);
    CHECK(bench.turns >= 400 / static_cast<int>(uploads::kFormFilesPerSlice));
}

TEST_CASE("form body: a peer that leaves in the middle leaves nothing behind", "[server][forms]") {
    FormBench bench;
    const std::string request = with_length(file_part("a", "one") + file_part("b", "two") + std::string(kEnd));
    const int status =
        bench.answer([&](ScriptedStream& stream) { stream.incoming(request.substr(0, request.size() - 30)).eof(); });
    CHECK(status == 400);
    bench.answer(
        [&](ScriptedStream& stream) { stream.incoming(request.substr(0, request.size() - 30)).fail_receive(); });
    CHECK(bench.site->becomes_empty());
}
