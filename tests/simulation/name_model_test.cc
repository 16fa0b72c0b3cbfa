// The model of one name refuses what no server may show.
#include "simulation/name_model.h"

#include <string>

#include "support/catch.h"

using simulation::make_content;
using simulation::NameModel;
using Outcome = simulation::Write::Outcome;

TEST_CASE("name model: a write that was acknowledged before the reader asked hides what was there", "[simulation]") {
    NameModel model("old");
    const auto write = model.begin("new", 5);
    CHECK(model.may_be("old", {6, 7}));
    CHECK(model.may_be("new", {6, 7}));
    model.end(write, Outcome::done, 8);
    CHECK(model.may_be("old", {6, 9}));
    CHECK_FALSE(model.may_be("old", {9, 10}));
    CHECK(model.may_be("new", {9, 10}));
    CHECK_FALSE(model.may_be_absent({9, 10}));
    CHECK_FALSE(model.may_be("new", {1, 4}));
}

TEST_CASE("name model: what was refused is never seen, and what nobody knows may be", "[simulation]") {
    NameModel model(std::nullopt);
    model.end(model.begin("refused", 1), Outcome::refused, 2);
    CHECK_FALSE(model.may_be_present({1, 3}));
    model.end(model.begin("unknown", 4), Outcome::unknown, 5);
    CHECK(model.may_be("unknown", {6, 7}));
    CHECK(model.may_be_absent({6, 7}));
    model.end(model.begin("later", 8), Outcome::done, 9);
    CHECK_FALSE(model.may_be("unknown", {10, 11}));
}

TEST_CASE("name model: a reader behind a write on one connection sees it before its answer is read", "[simulation]") {
    NameModel model("old");
    const auto write = model.begin("new", 5);
    model.end(write, Outcome::done, 9);
    CHECK(model.may_be("old", {6, 10}));
    CHECK_FALSE(model.may_be("old", {6, 10, write}));
    CHECK(model.may_be("new", {6, 10, write}));
    model.begin("another one's", 7);
    CHECK(model.may_be("another one's", {6, 10, write}));
}

TEST_CASE("name model: a tag is one content's, and is replaced once", "[simulation]") {
    NameModel model("a");
    const auto other = model.begin("b", 1);
    CHECK(model.note_tag("\"1\"", 0));
    CHECK(model.note_tag("\"1\"", 0));
    CHECK_FALSE(model.note_tag("\"1\"", other));
    CHECK(model.find_tag("\"1\"") == 0);
    CHECK(model.replace_tag("\"1\""));
    CHECK_FALSE(model.replace_tag("\"1\""));
}

TEST_CASE("name model: a free name is filled as often as it may have been free", "[simulation]") {
    NameModel model(std::nullopt);
    CHECK(model.fill());
    CHECK_FALSE(model.fill());
    model.begin(std::nullopt, 3);
    NameModel emptied("full");
    CHECK_FALSE(emptied.fill());
}

TEST_CASE("name model: every part of a content tells whose it is", "[simulation]") {
    CHECK(make_content(7, 40) == "[000007:0000000][000007:0000010][000007:");
    CHECK(make_content(8, 1'000).substr(500) != make_content(9, 1'000).substr(500));
}
