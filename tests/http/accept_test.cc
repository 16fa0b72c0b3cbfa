// Choosing a media type.
#include "http/accept.h"

#include <array>

#include "http/field_section.h"
#include "support/catch.h"

namespace {

using http_test::FieldSection;

constexpr std::array<std::string_view, 4> kOffered{"text/plain; charset=utf-8", "text/html", "application/json",
                                                   "text/csv"};

std::string choose_from(const FieldSection& section) {
    const auto index = http::choose_media_type(section.fields, section.text, kOffered);
    return index ? std::string(kOffered[*index]) : "none";
}

std::string choose(std::string_view value) {
    return choose_from(FieldSection("Accept: " + std::string(value) + "\r\n"));
}

}  // namespace

TEST_CASE("accept: the first offer without the field or when all is one", "[http][accept]") {
    CHECK(choose_from(FieldSection("Host: a\r\n")) == kOffered[0]);
    CHECK(choose("*/*") == kOffered[0]);
    CHECK(choose("text/*") == kOffered[0]);
    CHECK_FALSE(http::choose_media_type(FieldSection("Host: a\r\n").fields, "", {}).has_value());
}

TEST_CASE("accept: browsers get HTML, scripts get what they name", "[http][accept]") {
    CHECK(choose("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8") == "text/html");
    CHECK(choose("application/json") == "application/json");
    CHECK(choose("application/json, text/plain, */*") == kOffered[0]);
    CHECK(choose("TEXT/CSV") == "text/csv");
    CHECK(choose("application/json; charset=utf-8") == "application/json");
}

TEST_CASE("accept: the most specific range gives the weight", "[http][accept]") {
    CHECK(choose("text/*;q=0.9, text/csv;q=0.1, application/*;q=0.5") == kOffered[0]);
    CHECK(choose("*/*;q=0.1, text/*;q=0, application/json;q=0.05") == "application/json");
    CHECK(choose("text/plain;q=0, */*") == "text/html");
    CHECK(choose("text/plain;q=0.2, text/plain;charset=utf-8;q=0.9, text/html;q=0.5") == kOffered[0]);
    CHECK(choose("text/plain;charset=UTF-8, text/html;q=0.5") == kOffered[0]);
    CHECK(choose("text/plain;charset=latin1, text/html;q=0.5") == "text/html");
    CHECK(choose("text/html;level=1, text/csv;q=0.1") == "text/csv");
}

TEST_CASE("accept: none is acceptable", "[http][accept]") {
    CHECK(choose("image/png") == "none");
    CHECK(choose("*/*;q=0") == "none");
    CHECK(choose("") == "none");
    CHECK(choose("html, */, /json, *") == "none");
    CHECK(choose("*/json") == "none");
}

TEST_CASE("accept: several lines are one list", "[http][accept]") {
    CHECK(choose_from(FieldSection("Accept: text/html;q=0.5\r\nAccept: text/csv\r\n")) == "text/csv");
}

TEST_CASE("accept: whether a type is named, and not only covered", "[http][accept]") {
    const auto names = [](const FieldSection& section, std::string_view type) {
        return http::names_media_type(section.fields, section.text, type);
    };
    const FieldSection browser("Accept: text/html, */*;q=0.8\r\nHost: a\r\nAccept: Text/CSV;q=0.1\r\n");
    CHECK(names(browser, "text/html"));
    CHECK(names(browser, "text/csv"));
    CHECK_FALSE(names(browser, "text/plain"));
    CHECK_FALSE(names(FieldSection("Accept: text/html;q=0\r\n"), "text/html"));
    CHECK_FALSE(names(FieldSection("Host: a\r\n"), "text/html"));
}
