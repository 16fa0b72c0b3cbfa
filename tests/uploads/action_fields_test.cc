// What forms of actions say, apart from any site.
#include "uploads/action_fields.h"

#include <string>

#include "support/catch.h"

namespace {

/// The path, or the refusal's status.
std::string typed_path(std::string_view typed) {
    const auto path = uploads::find_typed_path("/in/", "old", std::string(typed));
    return path ? *path : std::to_string(http::code(path.error().status));
}

std::string multipart(std::string_view name, std::string_view value) {
    return "--b\r\nContent-Disposition: form-data; name=\"" + std::string(name) + "\"\r\n\r\n" + std::string(value) +
           "\r\n";
}

}  // namespace

TEST_CASE("action fields: both formats say the same", "[uploads][actions]") {
    const auto encoded = uploads::read_action_fields("name=a%26b&to=c+d&depth=infinity&x=y", std::nullopt);
    const auto parts =
        uploads::read_action_fields(multipart("name", "a&b") + multipart("to", "c d") + multipart("x", "y") +
                                        multipart("depth", "infinity") + "--b--\r\n",
                                    "b");
    for (const auto* const fields : {&encoded, &parts}) {
        REQUIRE(fields->has_value());
        CHECK((*fields)->name == "a&b");
        CHECK((*fields)->destination == "c d");
        CHECK((*fields)->depth == "infinity");
    }
    CHECK(uploads::read_action_fields("segment=a%250Ab", std::nullopt)->name == "a\nb");
}

TEST_CASE("action fields: no name, or one field twice, is 422, and a form without its end 400", "[uploads][actions]") {
    using http::Status;
    CHECK(uploads::read_action_fields("to=a", std::nullopt).error().status == Status::unprocessable_content);
    CHECK(uploads::read_action_fields("name=a&segment=a", std::nullopt).error().status ==
          Status::unprocessable_content);
    CHECK(uploads::read_action_fields("name=a&to=b&to=c", std::nullopt).error().reason.find("\"to\"") !=
          std::string_view::npos);
    CHECK(uploads::read_action_fields(multipart("name", "a"), "b").error().status == Status::bad_request);
}

TEST_CASE("action fields: a typed path begins at the directory or at the root", "[uploads][actions]") {
    CHECK(typed_path("new") == "/in/new");
    CHECK(typed_path("below/new") == "/in/below/new");
    CHECK(typed_path("/new") == "/new");
    CHECK(typed_path("/") == "/old");
    CHECK(typed_path("below/") == "/in/below/old");
    for (const std::string_view wrong : {"", "a//b", "//"}) {
        INFO(wrong);
        CHECK(typed_path(wrong) == "422");
    }
    CHECK(typed_path("/..") == "403");
    CHECK(typed_path("a/../b") == "403");
    CHECK_FALSE(uploads::find_typed_path("/in/", "old", std::nullopt).has_value());
}
