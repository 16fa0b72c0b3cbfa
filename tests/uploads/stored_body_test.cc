// Digests of bodies that lie in files, and of which nobody announced a digest.
#include "uploads/stored_body.h"

#include <fcntl.h>
#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

#include "base/fd.h"
#include "handler/ready_answer.h"
#include "support/catch.h"
#include "support/parsed_request.h"
#include "support/write_site.h"

namespace {

constexpr std::string_view kHello = "hello world\n";
const std::string kHello256 = "Content-Digest: sha-256=:qUiQTy8PR5uPgZdpSzAYSw0u0cHNKh7A+4XSmaGSpEc=:\r\n";

handler::BodyDigests unannounced(const std::string& more = {}) {
    const ParsedRequest request("PUT", "/a", "Transfer-Encoding: chunked\r\n" + more);
    auto made = handler::BodyDigests::of(request.get());
    REQUIRE(made.has_value());
    return std::move(*made);
}

base::Fd file_of(std::string_view text) {
    base::Fd file(::open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    REQUIRE(::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    return file;
}

/// What came of a check: its status, 200 where nothing is wrong, and after how many turns.
struct Outcome {
    int status;
    int turns;
    std::string reason = {};
};

Outcome check(handler::BodyDigests digests, std::string_view trailers, const uploads::StoredBody& body) {
    const auto outcome = [](const std::optional<http::Refusal>& fault) {
        http::Response response;
        if (fault) response.status = fault->status;
        if (fault) response.reason = fault->reason;
        return response;
    };
    const auto outcome_at = [](const http::Response& response, int turns) {
        return Outcome{http::code(response.status), turns, std::string(response.reason)};
    };
    if (const auto at_once = uploads::check_digests(digests, trailers, body))
        return outcome_at(outcome(at_once->fault), 0);
    base::WakeQueue wakes;
    const auto work =
        uploads::read_again(wakes, std::move(digests), body,
                            [&outcome](const handler::BodyDigests&, const std::optional<http::Refusal>& fault) {
                                return std::make_unique<handler::ReadyAnswer>(outcome(fault));
                            });
    for (int turns = 0;; ++turns) {
        if (const auto response = work->advance(support::kWake)) {
            return outcome_at(*response, turns);
        }
        REQUIRE(wakes.has_ready());
        std::vector<base::Wake> woken;
        wakes.take(woken, 0);
        CHECK(woken == std::vector<base::Wake>{support::kWake});
    }
}

}  // namespace

TEST_CASE("stored body: an unannounced trailer is checked from where the body begins", "[uploads][digests]") {
    if (!storage::has_digests()) return;
    const std::string before = "what an earlier request brought";
    const base::Fd file = file_of(before + std::string(kHello));
    const std::uint64_t end = before.size() + kHello.size();
    CHECK(check(unannounced(), kHello256, {file.get(), before.size(), end}).status == 200);
    CHECK(check(unannounced(), kHello256, {file.get(), 0, end}).status == 400);
}

TEST_CASE("stored body: what was announced is not read again, and what was not in slices", "[uploads][digests]") {
    if (!storage::has_digests()) return;
    const std::string text(3 * uploads::kReadAgainBytes, 'x');
    const base::Fd file = file_of(text);
    const uploads::StoredBody body{file.get(), 0, text.size()};
    auto announced = unannounced("Trailer: Content-Digest\r\n");
    announced.update(support::bytes(text));
    CHECK(check(std::move(announced), kHello256, body).turns == 0);
    const Outcome wrong = check(unannounced(), kHello256, body);
    CHECK(wrong.status == 400);
    CHECK(wrong.turns == 2);
}

TEST_CASE("stored body: one that became shorter has no digest", "[uploads][digests]") {
    if (!storage::has_digests()) return;
    const base::Fd file = file_of(kHello);
    CHECK(check(unannounced(), kHello256, {file.get(), 0, kHello.size() + 1}).status == 500);
}

TEST_CASE("stored body: a digest behind a long body has to be announced", "[uploads][digests]") {
    if (!storage::has_digests()) return;
    const base::Fd file = file_of("");
    const Outcome refused = check(unannounced(), kHello256, {file.get(), 0, uploads::kMaxReadAgainBytes + 1});
    CHECK(refused.turns == 0);
    CHECK(refused.reason.find("Trailer: Content-Digest") != std::string::npos);
}
