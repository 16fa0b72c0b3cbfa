// What counts as a use of a share link, and what happens when none is left.
#include "site/share_uses.h"

#include <memory>
#include <string>
#include <utility>

#include "access_control/tokens.h"
#include "site/sharing.h"

using Uses = http::SharedPath::Uses;

namespace {

http::Response content(http::Status status = http::Status::ok, std::string_view range = {}) {
    http::Response response;
    response.status = status;
    if (!range.empty()) response.add("Content-Range", range);
    response.body = http::Piece(std::string("content"));
    return response;
}

struct Bench : Sharing {
    /// What becomes of `decision` in the answer to a request with `link`.
    Answer note(const access_control::ShareLink& link, handler::Decision decision, Uses uses = Uses::counted,
                std::string_view method = "GET") {
        const ParsedRequest parsed(method, link.path);
        http::Request request = parsed.get();
        request.shared =
            std::make_shared<const http::SharedPath>(http::SharedPath{.id = link.id, .path = link.path, .uses = uses});
        return take_answer(site::ShareUses(parts).note(request, std::move(decision)));
    }
    std::uint32_t uses_of(const access_control::ShareLink& link) { return store.read(link.id)->uses; }
};

class LaterAnswer final : public http::PendingResponse {
public:
    explicit LaterAnswer(http::Response response) : response_(std::move(response)) {}
    std::optional<http::Response> advance(http::Wake) override { return std::move(response_); }

private:
    http::Response response_;
};

http::Response file_content() {
    http::Response response = content();
    response.prepared.path = "/a/index.html";
    return response;
}

std::unique_ptr<LaterAnswer> later(http::Response response) {
    return std::make_unique<LaterAnswer>(std::move(response));
}

}  // namespace

TEST_CASE("share uses: an answer with content is one, and one too many is 410", "[site][share]") {
    if (!access_control::has_tokens()) return;
    Bench bench;
    const auto link = bench.link_to("/a", 2);
    (void)bench.token_of(link);
    for (std::uint32_t use = 1; use <= 2; ++use) {
        const Answer answer = bench.note(link, content());
        CHECK(answer.status == 200);
        CHECK(answer.body == "content");
        CHECK(bench.uses_of(link) == use);
    }
    CHECK(bench.note(link, content()).status == 410);
    CHECK(bench.uses_of(link) == 2);
    CHECK(bench.counts.used == 2);
    CHECK(bench.counts.refused == 1);
}

TEST_CASE("share uses: HEAD, refusals, redirections and 304 are none", "[site][share]") {
    if (!access_control::has_tokens()) return;
    Bench bench;
    const auto link = bench.link_to("/a", 1);
    (void)bench.token_of(link);
    CHECK(bench.note(link, content(), Uses::counted, "HEAD").status == 200);
    CHECK(bench.note(link, content(http::Status::not_modified)).status == 304);
    CHECK(bench.note(link, content(http::Status::moved_permanently)).status == 301);
    CHECK(bench.note(link, content(http::Status::not_found)).status == 404);
    CHECK(bench.note(link, content(http::Status::range_not_satisfiable)).status == 416);
    CHECK(bench.uses_of(link) == 0);
}

TEST_CASE("share uses: a part that begins later goes on with the last use, if there was one", "[site][share]") {
    if (!access_control::has_tokens()) return;
    Bench bench;
    const auto link = bench.link_to("/a", 3);
    (void)bench.token_of(link);
    const auto part = [](std::string_view range) { return content(http::Status::partial_content, range); };
    CHECK(bench.note(link, part("bytes 5-9/10"), Uses::resumed).status == 206);
    CHECK(bench.uses_of(link) == 0);
    CHECK(bench.note(link, part("bytes 0-9/10"), Uses::resumed).status == 206);
    CHECK(bench.uses_of(link) == 1);
    CHECK(bench.note(link, part({}), Uses::resumed).status == 206);  // several parts
    CHECK(bench.uses_of(link) == 2);
    CHECK(bench.note(link, part("bytes 5-9/10"), Uses::counted).status == 206);
    CHECK(bench.uses_of(link) == 3);
}

TEST_CASE("share uses: listings and searches are none, at once or later; an index or archive is one", "[site][share]") {
    if (!access_control::has_tokens()) return;
    Bench bench;
    const auto link = bench.link_to("/a/", 4);
    (void)bench.token_of(link);
    CHECK(bench.note(link, content()).status == 200);
    CHECK(bench.note(link, later(content())).status == 200);
    CHECK(bench.uses_of(link) == 0);
    CHECK(bench.note(link, file_content()).status == 200);
    CHECK(bench.note(link, later(file_content())).body == "content");
    http::Response archive = content();
    archive.add("Content-Disposition", "attachment");
    CHECK(bench.note(link, std::move(archive)).status == 200);
    CHECK(bench.uses_of(link) == 3);
}

TEST_CASE("share uses: a link that is used up gives the rest of what was cut, and no listing", "[site][share]") {
    if (!access_control::has_tokens()) return;
    Bench bench;
    const auto link = bench.link_to("/a/", 1);
    (void)bench.token_of(link);
    CHECK(bench.note(link, content(), Uses::resumed).status == 200);
    CHECK(bench.note(link, file_content()).status == 200);
    CHECK(bench.note(link, content(), Uses::resumed).status == 410);
    CHECK(bench.note(link, later(content()), Uses::resumed).status == 410);
    CHECK(bench.note(link, later(file_content()), Uses::resumed).status == 410);
    const auto rest = [] { return content(http::Status::partial_content, "bytes 5-9/10"); };
    CHECK(bench.note(link, rest(), Uses::resumed).status == 206);
    CHECK(bench.note(link, later(rest()), Uses::resumed).status == 206);
    CHECK(bench.uses_of(link) == 1);
    CHECK(bench.counts.refused == 3);
}

TEST_CASE("share uses: without a limit whole answers from the first byte are counted", "[site][share]") {
    if (!access_control::has_tokens()) return;
    Bench bench;
    const auto link = bench.link_to("/a");
    (void)bench.token_of(link);
    const auto part = [](std::string_view range) { return content(http::Status::partial_content, range); };
    CHECK(bench.note(link, content(), Uses::unlimited).status == 200);
    CHECK(bench.note(link, later(content()), Uses::unlimited).status == 200);
    CHECK(bench.note(link, part("bytes 0-4/10"), Uses::unlimited).status == 206);
    CHECK(bench.uses_of(link) == 3);
    CHECK(bench.note(link, part("bytes 5-9/10"), Uses::unlimited).status == 206);
    CHECK(bench.note(link, content(), Uses::unlimited, "HEAD").status == 200);
    CHECK(bench.note(link, content(http::Status::not_modified), Uses::unlimited).status == 304);
    CHECK(bench.uses_of(link) == 3);
}

TEST_CASE("share uses: of a link that was revoked meanwhile nothing is answered", "[site][share]") {
    if (!access_control::has_tokens()) return;
    Bench bench;
    const auto link = bench.link_to("/a", 1);
    (void)bench.token_of(link);
    REQUIRE(bench.store.remove(link.id).has_value());
    CHECK(bench.note(link, content()).status == 410);
}

namespace {

/// Keeps what it is given, and says whether it was told to store it.
class CountingSink final : public http::BodySink {
public:
    explicit CountingSink(int& stored) : stored_(stored) {}
    std::expected<void, http::Refusal> write(std::span<const std::byte>) override { return {}; }
    std::unique_ptr<http::PendingResponse> finish(std::string_view trailers) override {
        ++stored_;
        return later(content(trailers.empty() ? http::Status::created : http::Status::accepted));
    }

private:
    int& stored_;
};

struct Drops : Bench {
    /// The decision about an upload with `link`, to be finished or dropped.
    handler::Decision begin(const access_control::ShareLink& link, const std::string& lines = {}) {
        const ParsedRequest parsed("PUT", "/a/x", lines);
        http::Request request = parsed.get();
        request.shared = std::make_shared<const http::SharedPath>(
            http::SharedPath{.id = link.id,
                             .path = link.path,
                             .uses = link.limit == 0 ? Uses::unlimited : Uses::counted,
                             .gives = http::LinkGives::dropping});
        return site::ShareUses(parts).note(request, std::make_unique<CountingSink>(stored));
    }
    int stored = 0;
};

}  // namespace

TEST_CASE("share uses: what is dropped is one when it is whole, and one too many is not stored", "[site][share]") {
    if (!access_control::has_tokens()) return;
    Drops bench;
    const auto link = bench.link_to("/a/", 1);
    (void)bench.token_of(link);
    {
        const auto cut = bench.begin(link);
    }
    CHECK(bench.uses_of(link) == 0);
    // Both begin while one use is left.
    auto first = bench.begin(link);
    auto second = bench.begin(link);
    CHECK(answer_to(std::move(first), "x").status == 201);
    CHECK(bench.uses_of(link) == 1);
    CHECK(answer_to(std::move(second), "x").status == 410);
    CHECK(bench.stored == 1);
}

TEST_CASE("share uses: a part of a resumable upload is none, its end is", "[site][share]") {
    if (!access_control::has_tokens()) return;
    Drops bench;
    const auto link = bench.link_to("/a/", 1);
    (void)bench.token_of(link);
    CHECK(answer_to(bench.begin(link, "Upload-Complete: ?0\r\n"), "x").status == 201);
    CHECK(bench.uses_of(link) == 0);
    CHECK(answer_to(bench.begin(link, "Upload-Complete: ?1\r\n"), "x").status == 201);
    CHECK(bench.uses_of(link) == 1);
}

TEST_CASE("share uses: without a limit drops are counted, and nothing is stored once the link is revoked",
          "[site][share]") {
    if (!access_control::has_tokens()) return;
    Drops bench;
    const auto link = bench.link_to("/a/");
    (void)bench.token_of(link);
    CHECK(answer_to(bench.begin(link), "x").status == 201);
    CHECK(bench.uses_of(link) == 1);
    auto late = bench.begin(link);
    REQUIRE(bench.store.remove(link.id).has_value());
    CHECK(answer_to(std::move(late), "x").status == 410);
    CHECK(bench.stored == 1);
}
