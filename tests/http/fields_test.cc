// Field lines of a section.
#include "http/fields.h"

#include <string>

#include "field_section.h"
#include "support/catch.h"

using http::FieldName;
using http_test::FieldSection;

TEST_CASE("fields: the first line is found, all are counted", "[http][field]") {
    const FieldSection section("Host: a\r\nAccept: x\r\nX-Other: 1\r\nACCEPT: y\r\n");
    CHECK(section.fields.find(FieldName::accept, section.text) == "x");
    CHECK(section.fields.count(FieldName::accept) == 2);
    CHECK(section.fields.count(FieldName::host) == 1);
    CHECK(section.fields.count(FieldName::cookie) == 0);
    CHECK_FALSE(section.fields.find(FieldName::cookie, section.text));
    CHECK(section.fields.has(FieldName::host));
    CHECK_FALSE(section.fields.has(FieldName::cookie));
}

TEST_CASE("fields: a list of one line is no copy", "[http][field]") {
    const FieldSection section("Accept: x, y\r\n");
    std::string storage;
    const auto list = section.fields.find_list(FieldName::accept, section.text, storage);
    REQUIRE(list);
    CHECK(*list == "x, y");
    CHECK(list->data() == section.text.data() + 8);
    CHECK(storage.empty());
}

TEST_CASE("fields: the lines of a list are joined in order", "[http][field]") {
    const FieldSection section("Accept: x\r\nHost: h\r\nAccept: y, z\r\nAccept: w\r\n");
    std::string storage = "from before";
    CHECK(section.fields.find_list(FieldName::accept, section.text, storage) == "x, y, z, w");
    CHECK_FALSE(section.fields.find_list(FieldName::cookie, section.text, storage));
}

TEST_CASE("fields: there is room for the limit and no more; clearing gives it back", "[http][field]") {
    http::Fields fields;
    for (std::size_t i = 0; i < http::kMaxFields; ++i) REQUIRE(fields.add({.known = FieldName::accept}));
    CHECK_FALSE(fields.add({}));
    CHECK(fields.size() == http::kMaxFields);
    fields.clear();
    CHECK(fields.size() == 0);
    CHECK_FALSE(fields.has(FieldName::accept));
    CHECK(fields.add({}));
}
