// The bytes of unfinished uploads, counted by client: by themselves, and through every way that a body can come.
#include "uploads/unfinished_bytes.h"

#include <string>

#include "support/catch.h"
#include "uploads/form_posts.h"
#include "uploads/uploading.h"

using resumable::kEnd;
using resumable::kPart;
using resumable::part_head;
using resumable::Uploading;
using support::bytes;
using uploads::UnfinishedBytes;

namespace {

constexpr http::ClientKey kGreedy{.high = 1, .low = 0};
constexpr http::ClientKey kOther{.high = 2, .low = 0};
constexpr std::uint64_t kMost = 10;

site::SiteConfig bounded() {
    site::SiteConfig config = Uploading::all_allowed();
    config.max_upload_bytes_per_client = kMost;
    return config;
}

/// The uploads of one client may hold ten bytes.
struct Bounded : Uploading {
    Bounded() : Uploading(bounded()) { client.key = kGreedy; }

    /// The sink of a body of unknown length.
    std::unique_ptr<http::BodySink> open_chunked(std::string_view method, std::string_view target,
                                                 std::string_view fields = {}) {
        const support::ParsedRequest request(
            support::head(method, target, std::string("Transfer-Encoding: chunked\r\n").append(fields)));
        http::Request copy = *request;
        copy.client = client;
        auto decision = site->handle(copy);
        REQUIRE(std::holds_alternative<std::unique_ptr<http::BodySink>>(decision));
        return std::move(std::get<std::unique_ptr<http::BodySink>>(decision));
    }
};

void check_refused(const std::expected<void, http::Refusal>& written) {
    REQUIRE_FALSE(written.has_value());
    CHECK(written.error().status == http::Status::insufficient_storage);
    CHECK(written.error().reason ==
          "your unfinished uploads would hold more than one client may; finish or delete some of them first.");
    CHECK(written.error().cause == "more than --max-upload-bytes-per-client allows");
}

}  // namespace

TEST_CASE("unfinished bytes: one client has a bound, others have their own", "[uploads][share]") {
    base::Counters counters;
    UnfinishedBytes unfinished(kMost);
    const auto shown = unfinished.register_counters(counters);
    auto first = unfinished.count(kGreedy);
    auto second = unfinished.count(kGreedy);
    first.set_bytes(6);
    second.set_bytes(3);
    CHECK(unfinished.of(kGreedy) == 9);
    CHECK(unfinished.check(kGreedy, 1).has_value());
    check_refused(unfinished.check(kGreedy, 2));
    check_refused(unfinished.check(kGreedy, UINT64_MAX));
    CHECK(unfinished.check(kOther, kMost).has_value());
    first.reset();
    CHECK(unfinished.check(kGreedy, 7).has_value());
    CHECK(base::counters_line(counters) == "counters: upload_bytes_over_share=2");
}

TEST_CASE("unfinished bytes: a bound that came later is lower than what is held", "[uploads][share]") {
    UnfinishedBytes unfinished(0);
    auto share = unfinished.count(kGreedy);
    share.set_bytes(100);
    CHECK(unfinished.check(kGreedy, UINT64_MAX).has_value());
    unfinished.set_most(kMost);
    check_refused(unfinished.check(kGreedy, 0));
    check_refused(unfinished.check(kGreedy, 1));
}

TEST_CASE("unfinished bytes: clients of unix sockets are many, and not counted", "[uploads][share]") {
    UnfinishedBytes unfinished(kMost);
    auto share = unfinished.count(http::ClientKey());
    share.set_bytes(100);
    CHECK(unfinished.of(http::ClientKey()) == 0);
    CHECK(unfinished.check(http::ClientKey(), 100).has_value());
}

TEST_CASE("unfinished bytes: who left uploads lying begins and continues none beyond his bound, and others do",
          "[uploads][share]") {
    Bounded site;
    const std::string lying = site.create("/a", "123456");
    CHECK(site.put("/b", "12345").status() == 507);
    CHECK(site.put("/b", "12345", kPart).status() == 507);
    CHECK(site.put("/b", "12345", kEnd).status() == 507);
    CHECK(site.patch(lying, 6, "78901", kPart).status() == 507);
    CHECK(site.offset(lying) == "6");
    site.client.key = kOther;
    CHECK(site.put("/others", "1234567890").status() == 201);
    CHECK(site.create("/more", "1234567890").starts_with("/.godwit/uploads/"));
    site.client.key = kGreedy;
    // What ends, or is given up, makes room.
    CHECK(site.patch(lying, 6, "7890", kEnd).status() == 201);
    const std::string next = site.create("/b", "1234567890");
    CHECK(site.put("/c", "1").status() == 507);
    CHECK(site.ask("DELETE", next).status() == 204);
    CHECK(site.put("/c", "1234567890").status() == 201);
}

TEST_CASE("unfinished bytes: a body of unknown length ends at the bound", "[uploads][share]") {
    Bounded site;
    const auto body = site.open_chunked("PUT", "/a");
    REQUIRE(body->write(bytes("12345")).has_value());
    CHECK(site.put("/b", "123456").status() == 507);
    const auto part = site.open_chunked("PUT", "/c", kPart);
    REQUIRE(part->write(bytes("12345")).has_value());
    check_refused(part->write(bytes("6")));
    check_refused(body->write(bytes("6")));
}

TEST_CASE("unfinished bytes: what was refused or cut off holds nothing", "[uploads][share]") {
    Bounded site;
    {
        const auto body = site.open_chunked("PUT", "/a");
        REQUIRE(body->write(bytes("1234567890")).has_value());
        CHECK(site.put("/b", "1").status() == 507);
    }
    CHECK(site.put("/b", "1234567890").status() == 201);
    // An upload that can be resumed stays when its request is cut off.
    {
        REQUIRE(site.open_chunked("PUT", "/c", kPart)->write(bytes("1234567890")).has_value());
    }
    CHECK(site.put("/d", "1").status() == 507);
}

TEST_CASE("unfinished bytes: the bytes of forms count", "[uploads][share]") {
    site::SiteConfig config = bounded();
    config.max_upload_bytes_per_client = 200;
    forms::AnsweringSite site(config);
    site.client.key = kGreedy;
    const std::string body = forms::file_part("a.txt", std::string(60, 'a')) + forms::kEnd;
    REQUIRE(body.size() < 200);
    REQUIRE(2 * body.size() > 200);
    const support::ParsedRequest begun(
        support::head("POST", "/", "Content-Type: multipart/form-data; boundary=AaB03x\r\nContent-Length: 199\r\n"));
    http::Request request = *begun;
    request.client = site.client;
    auto held = site.site->handle(request);
    REQUIRE(std::holds_alternative<std::unique_ptr<http::BodySink>>(held));
    const auto& sink = std::get<std::unique_ptr<http::BodySink>>(held);
    REQUIRE(sink->write(bytes(body)).has_value());
    CHECK(forms::post(site, "/", body).status() == 507);
    check_refused(sink->write(bytes(std::string(200, 'b'))));
    held = http::Response();
    CHECK(forms::post(site, "/", body).status() == 201);
}
