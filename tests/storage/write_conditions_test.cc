// Preconditions that are kept beyond their request.
#include "storage/write_conditions.h"

#include <string>

#include "http/if_field.h"
#include "storage/locks.h"
#include "storage/validators.h"
#include "support/catch.h"
#include "support/fake_clock.h"
#include "support/temp_dir.h"
#include "support/write_site.h"

namespace {

/// Long after the file was written, so that its stamps are not young.
constexpr std::int64_t kLater = 4'000'000'000;

/// What conditions are asked with.
struct Parts {
    support::WriteSite site;
    FakeClock clock{kLater};
    storage::Locks locks{*site.root, clock};
    storage::WriteParts parts{.root = *site.root,
                              .new_directories = site.new_directories,
                              .names = site.names,
                              .disk = site.disk,
                              .clock = clock,
                              .locks = &locks};
};

/// The request is gone when the conditions are asked.
bool hold(const std::string& fields, const std::optional<struct stat>& found) {
    storage::WriteConditions conditions;
    {
        const support::ParsedRequest request(support::head("PUT", "/a", fields));
        conditions = storage::WriteConditions(*request);
    }
    const Parts asked;
    return conditions.hold(found, asked.parts);
}

}  // namespace

TEST_CASE("write conditions: a request without any has none", "[storage][write]") {
    CHECK_FALSE(storage::WriteConditions().any());
    CHECK(storage::WriteConditions().hold(std::nullopt, Parts().parts));
    const support::ParsedRequest plain(support::head("PUT", "/a"));
    CHECK_FALSE(storage::WriteConditions(*plain).any());
    const support::ParsedRequest with_one(support::head("PUT", "/a", "If-Match: *\r\n"));
    CHECK(storage::WriteConditions(*with_one).any());
}

TEST_CASE("write conditions: hold for the state that they name", "[storage][write]") {
    const support::TempDir directory;
    directory.write("a", "1");
    struct stat file{};
    REQUIRE(::stat(directory.at("a").c_str(), &file) == 0);
    const std::string tag = support::tag_of(directory.at("a"));
    CHECK(hold("If-Match: *\r\n", file));
    CHECK(hold("If-Match: \"x\", " + tag + "\r\n", file));
    CHECK_FALSE(hold("If-Match: \"x\"\r\n", file));
    CHECK_FALSE(hold("If-Match: W/" + tag + "\r\n", file));
    CHECK_FALSE(hold("If-Match: *\r\n", std::nullopt));
    CHECK_FALSE(hold("If-None-Match: *\r\n", file));
    CHECK_FALSE(hold("If-None-Match: " + tag + "\r\n", file));
    CHECK(hold("If-None-Match: \"x\"\r\n", file));
    CHECK(hold("If-None-Match: *\r\n", std::nullopt));
    CHECK_FALSE(hold("If-None-Match: \"x\", *\r\n", file));
    CHECK_FALSE(hold("If-None-Match: *\r\nIf-None-Match: *\r\n", file));
    CHECK_FALSE(hold("If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n", file));
}

TEST_CASE("write conditions: the tag of a coded form stands for the same version", "[storage][write]") {
    const support::TempDir directory;
    directory.write("a", "1");
    struct stat file{};
    REQUIRE(::stat(directory.at("a").c_str(), &file) == 0);
    std::string coded = support::tag_of(directory.at("a"));
    coded.insert(coded.size() - 1, "-gzip");
    CHECK(hold("If-Match: " + coded + "\r\n", file));
    CHECK_FALSE(hold("If-None-Match: " + coded + "\r\n", file));
}

TEST_CASE("write conditions: a directory exists, and has no tag", "[storage][write]") {
    const support::TempDir directory;
    struct stat folder{};
    REQUIRE(::stat(directory.path().c_str(), &folder) == 0);
    CHECK_FALSE(hold("If-Match: " + storage::make_entity_tag(folder, false) + "\r\n", folder));
    CHECK(http::code(storage::condition_refusal().status) == 412);
}

TEST_CASE("write conditions: lists of If are about tags and locks, and one that holds is enough",
          "[storage][write][lock]") {
    Parts asked;
    asked.site.directory.write("a", "1");
    struct stat file{};
    REQUIRE(::stat(asked.site.directory.at("a").c_str(), &file) == 0);
    const auto granted = asked.locks.grant({.token = {}, .path = "/a", .user = {}, .owner = {}}, 60, {});
    REQUIRE(granted.has_value());
    const std::string token = "<" + granted->lock.token + ">";
    const std::string tag = "[" + support::tag_of(asked.site.directory.at("a")) + "]";
    const auto holds = [&](const std::string& value, std::string_view path = "/a") {
        const support::ParsedRequest parsed(support::head("PUT", "/a", "If: " + value + "\r\n"));
        http::Request request = *parsed;
        auto field = http::parse_if(request);
        REQUIRE(field.has_value());
        field->path = path;
        request.if_field = std::make_shared<const http::IfField>(std::move(*field));
        const storage::WriteConditions conditions(request);
        REQUIRE(conditions.any());
        return conditions.hold(file, asked.parts);
    };
    CHECK(holds("(" + token + ")"));
    CHECK(holds("(" + token + " " + tag + ")"));
    CHECK_FALSE(holds("(" + token + ")", "/b"));
    CHECK_FALSE(holds("(" + token + " [\"x\"])"));
    CHECK_FALSE(holds("(Not " + token + ")"));
    CHECK(holds("(<DAV:no-lock>) (Not <DAV:no-lock>)"));
    CHECK_FALSE(holds("(<DAV:no-lock> " + tag + ")"));
    CHECK(holds("([\"x\"]) (" + tag + ")"));
    asked.clock.advance_ms(60'000);
    CHECK_FALSE(holds("(" + token + ")"));
}
