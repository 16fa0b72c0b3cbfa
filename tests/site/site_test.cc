// Rules that are replaced while requests are under way: each request follows those with which it began, to its end.
#include "site/site.h"

#include <deque>
#include <memory>
#include <string>

#include "handler/kept_request.h"
#include "support/catch.h"
#include "support/granting.h"
#include "support/write_answers.h"

namespace {

using support::AnsweringSite;

/// Rules number N add "X-Rules: N" to every answer. Files may be uploaded under even ones.
std::shared_ptr<const site::SiteConfig> numbered_rules(int number) {
    auto rules = std::make_shared<site::SiteConfig>();
    rules->durability = storage::Durability::none;
    rules->headers = {{.path_prefix = "/", .name = "X-Rules", .value = std::to_string(number)}};
    rules->allow_upload = rules->allow_replace = number % 2 == 0;
    rules->records_path = number % 3 == 0 ? "/people" : "/database.txt";
    return rules;
}

http::Request parsed(AnsweringSite& site, const std::string& head, std::unique_ptr<handler::KeptRequest>& kept) {
    const support::ParsedRequest request(head);
    http::Request copy = *request;
    copy.arrival = ++site.arrivals.latest;
    kept = std::make_unique<handler::KeptRequest>(copy);
    return kept->get();
}

/// An upload between its head and its body, as an exchange holds it.
struct Upload {
    Upload(AnsweringSite& site, int number)
        : rules(number), path("/" + std::to_string(number)), body(100 + static_cast<std::size_t>(number), 'b') {
        const std::string length = "Content-Length: " + std::to_string(body.size()) + "\r\n";
        parsed(site, support::head("PUT", path, length), request);
        auto decision = site.site->handle(request->get());
        auto* const taken = std::get_if<std::unique_ptr<http::BodySink>>(&decision);
        REQUIRE(taken != nullptr);
        sink = std::move(*taken);
        pinned = site.site->pin();
        REQUIRE(sink->write(support::bytes(std::string_view(body).substr(0, 50))));
    }

    /// The rest of the body, and the answer.
    http::Response finish(AnsweringSite& site) {
        REQUIRE(sink->write(support::bytes(std::string_view(body).substr(50))));
        const auto work = sink->finish({});
        sink.reset();
        http::Response response = support::run(*work, *site.disk);
        pinned->decorate(&request->get(), response);
        return response;
    }

    int rules;
    std::string path;
    std::string body;
    std::unique_ptr<handler::KeptRequest> request;
    std::shared_ptr<handler::Handler> pinned;
    std::unique_ptr<http::BodySink> sink;
};

void check_upload(AnsweringSite& site, Upload& upload) {
    const http::Response response = upload.finish(site);
    CHECK(http::code(response.status) == 201);
    CHECK(response.find("X-Rules") == std::to_string(upload.rules));
    CHECK(site.directory.read(upload.path.substr(1)) == upload.body);
}

}  // namespace

TEST_CASE("site: rules are replaced a thousand times, and every request follows those with which it began", "[site]") {
    AnsweringSite site;
    std::weak_ptr<const site::SiteConfig> first;
    std::deque<Upload> under_way;
    for (int number = 0; number < 1'000; ++number) {
        auto rules = numbered_rules(number);
        if (number == 0) first = rules;
        site.site->replace_rules(rules);
        const std::string now = std::to_string(number);
        CHECK(site.ask("GET", "/absent").field("X-Rules") == now);
        // A listing is made in slices: its answer comes later.
        CHECK(site.ask("GET", "/?limit=1").field("X-Rules") == now);
        if (number % 2 == 0) {
            under_way.emplace_back(site, number);
        } else {
            CHECK(site.put("/forbidden", "x").status() == 405);
        }
        if (under_way.size() > 20) {
            check_upload(site, under_way.front());
            under_way.pop_front();
        }
    }
    for (Upload& upload : under_way) check_upload(site, upload);
    under_way.clear();
    CHECK(site.directory.list().size() == 500);
    CHECK(first.expired());
}

TEST_CASE("site: records are answered where the rules of the request say, over one index", "[site]") {
    AnsweringSite site(*numbered_rules(2));
    CHECK(site.upload("POST", "/database.txt", "name=Ada", "Content-Type: application/x-www-form-urlencoded\r\n")
              .status() == 201);
    site.site->replace_rules(numbered_rules(6));
    CHECK(site.ask("GET", "/people/1").body() == "id=1&name=Ada\n");
    CHECK(site.upload("POST", "/people", "name=Bob", "Content-Type: application/x-www-form-urlencoded\r\n").status() ==
          201);
    site.site->replace_rules(numbered_rules(8));
    CHECK(site.ask("GET", "/database.txt/2").body() == "id=2&name=Bob\n");
}

TEST_CASE("site: uploads that wait outlive a change of the rules", "[site]") {
    AnsweringSite site(*numbered_rules(2));
    const auto begun = site.upload("PUT", "/film", "", "Upload-Complete: ?0\r\n");
    REQUIRE(begun.status() == 201);
    const std::string address = begun.field("Location");
    const auto append = [&](std::string_view offset, std::string_view last) {
        const std::string fields = std::string("Content-Type: application/partial-upload\r\nUpload-Offset: ")
                                       .append(offset)
                                       .append("\r\nUpload-Complete: ")
                                       .append(last)
                                       .append("\r\n");
        return site.upload("PATCH", address, "part", fields).status();
    };
    CHECK(append("0", "?0") == 204);
    // Nothing may be uploaded now, so there is no such address.
    site.site->replace_rules(numbered_rules(3));
    CHECK(append("4", "?1") != 201);
    site.site->replace_rules(numbered_rules(4));
    CHECK(append("4", "?1") == 201);
    CHECK(site.directory.read("film") == "partpart");
}

TEST_CASE("site: media types and cached fields follow the rules of now", "[site]") {
    AnsweringSite site;
    site.directory.write("a.obs", "\x01\x02");
    CHECK(site.ask("GET", "/a.obs").field("Content-Type") == "application/octet-stream");
    auto rules = std::make_shared<site::SiteConfig>();
    rules->media_types = std::make_shared<const media::MediaTypes>(*media::parse_media_types("text/x-seen obs\n"));
    rules->cache_rules = {{"*.obs", "max-age=60"}};
    site.site->replace_rules(rules);
    const auto answer = site.ask("GET", "/a.obs");
    CHECK(answer.field("Content-Type") == "text/x-seen; charset=utf-8");
    CHECK(answer.field("Cache-Control") == "max-age=60");
    CHECK(site.ask("DELETE", "/a.obs").status() == 405);
}

TEST_CASE("site: a request for several ranges waits among the heavy ones, one for a single range does not", "[site]") {
    const AnsweringSite site((site::SiteConfig()));
    const auto is_heavy = [&](const std::string& fields) {
        const support::ParsedRequest request(support::head("GET", "/x", fields));
        return site.site->is_heavy(*request);
    };
    CHECK(is_heavy("Range: bytes=0-1,4-5\r\n"));
    CHECK_FALSE(is_heavy("Range: bytes=0-1\r\n"));
    CHECK_FALSE(is_heavy("Accept: text/html, text/plain\r\n"));
}

TEST_CASE("site: below a prompt nobody gets in by an escaped slash, nor learns what is expected", "[site][access]") {
    site::SiteConfig config = support::granting({"/ * read list"}, {"/"});
    config.signs_in = true;
    config.spa = true;
    AnsweringSite site(config);
    site.directory.write("index.html", "the application");
    const auto status = [&](const char* target, const std::string& fields) {
        const support::ParsedRequest request(support::head("GET", target, "Accept: text/html\r\n" + fields));
        auto decision = site.site->handle(*request);
        auto* const response = std::get_if<http::Response>(&decision);
        REQUIRE(response != nullptr);
        return response->status;
    };
    CHECK(status("/route", "") == http::Status::unauthorized);
    CHECK(status("/x%2Fy", "") == http::Status::unauthorized);
    CHECK(status("/route", "Expect: x\r\n") == http::Status::unauthorized);
}
