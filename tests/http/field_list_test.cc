// The fields of responses.
#include "http/field_list.h"

#include <string>
#include <utility>
#include <vector>

#include "support/catch.h"

using http::FieldList;
using http::FieldTail;
using http::FieldView;

namespace {

template <typename Fields>
std::vector<FieldView> all(const Fields& fields) {
    std::vector<FieldView> found;
    for (const FieldView field : fields) found.push_back(field);
    return found;
}

}  // namespace

TEST_CASE("field list: names and values in order, also more than fit inside", "[http][field]") {
    FieldList list;
    CHECK(list.empty());
    CHECK(all(list).empty());
    for (int i = 0; i < 20; ++i) list.add("N" + std::to_string(i), std::string(static_cast<std::size_t>(i), 'v'));
    REQUIRE(list.size() == 20);
    for (std::size_t i = 0; i < 20; ++i) {
        CHECK(list[i].name == "N" + std::to_string(i));
        CHECK(list[i].value == std::string(i, 'v'));
    }
    CHECK(all(list).size() == 20);
}

TEST_CASE("field list: a value may hold what stands between fields", "[http][field]") {
    const FieldList list{{"A", "x: y"}, {"B", ": "}, {"C", ""}};
    CHECK(all(list) == std::vector<FieldView>{{"A", "x: y"}, {"B", ": "}, {"C", ""}});
}

TEST_CASE("field list: the first of a name is found in any case", "[http][field]") {
    const FieldList list{{"Vary", "Accept"}, {"ETag", "\"1\""}, {"vary", "Origin"}};
    CHECK(list.find("VARY") == "Accept");
    CHECK(list.find("etag") == "\"1\"");
    CHECK_FALSE(list.find("Var"));
    CHECK(list.has("Etag"));
    CHECK_FALSE(list.has("\"1\""));
}

TEST_CASE("field list: moving takes all fields and leaves none", "[http][field]") {
    FieldList from{{"A", "1"}};
    for (int i = 0; i < 10; ++i) from.add("B", std::to_string(i));
    FieldList to(std::move(from));
    CHECK(to.size() == 11);
    CHECK(to[10] == FieldView{"B", "9"});
    from = FieldList{{"C", "2"}};
    from.add("D", "3");
    to = std::move(from);
    CHECK(all(to) == std::vector<FieldView>{{"C", "2"}, {"D", "3"}});
    for (int i = 0; i < 10; ++i) to.add("E", std::to_string(i));
    CHECK(to[11] == FieldView{"E", "9"});
}

TEST_CASE("field tail: the last fields of a list, and only those", "[http][field]") {
    const FieldList list{{"A", "1"}, {"B", "2"}, {"C", "3"}};
    const FieldTail tail(list, 1);
    CHECK(all(tail) == std::vector<FieldView>{{"B", "2"}, {"C", "3"}});
    CHECK_FALSE(tail.find("a"));
    CHECK(tail.find("c") == "3");
    CHECK_FALSE(tail.empty());
    CHECK(FieldTail(list, 3).empty());
    CHECK(all(FieldTail(list, 3)).empty());
    CHECK(FieldTail().empty());
    CHECK(all(FieldTail()).empty());
    CHECK_FALSE(FieldTail().find("A"));
    CHECK(all(FieldTail(list)).size() == 3);
}
