// Preconditions that are kept beyond their request.
#include "storage/write_conditions.h"

#include <string>

#include "storage/validators.h"
#include "support/catch.h"
#include "support/temp_dir.h"
#include "support/write_site.h"

namespace {

/// Long after the file was written, so that its stamps are not young.
constexpr base::UnixNs kLater = std::int64_t{4'000'000'000} * base::kNsPerSecond;

/// The request is gone when the conditions are asked.
bool hold(const std::string& fields, const std::optional<struct stat>& found) {
    storage::WriteConditions conditions;
    {
        const support::ParsedRequest request(support::head("PUT", "/a", fields));
        conditions = storage::WriteConditions(*request);
    }
    return conditions.hold(found, kLater);
}

}  // namespace

TEST_CASE("write conditions: a request without any has none", "[storage][write]") {
    CHECK_FALSE(storage::WriteConditions().any());
    CHECK(storage::WriteConditions().hold(std::nullopt, kLater));
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
