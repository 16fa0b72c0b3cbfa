// One line of a configuration file.
#include "app/config_line.h"

#include <string>
#include <vector>

#include "support/catch.h"

using app::ConfigLine;
using app::parse_config_line;

namespace {

ConfigLine accepted(std::string_view text) {
    auto line = parse_config_line(text);
    INFO((line ? std::string() : line.error()));
    REQUIRE(line);
    return std::move(*line);
}

std::string refused(std::string_view text) {
    const auto line = parse_config_line(text);
    REQUIRE_FALSE(line);
    return line.error();
}

}  // namespace

TEST_CASE("config line: is an option with a value or without, a section, or nothing", "[app][config]") {
    CHECK(accepted("port 8080").kind == ConfigLine::Kind::option);
    CHECK(accepted("port 8080").name == "port");
    CHECK(accepted("port 8080").value == "8080");
    CHECK(accepted("\t port \t 8080 \r").value == "8080");
    CHECK(accepted("spa").name == "spa");
    CHECK_FALSE(accepted("spa").value);
    CHECK(accepted("[/assets/]").kind == ConfigLine::Kind::section);
    CHECK(accepted(" [/assets/]  # and below").name == "/assets/");
    for (const char* text : {"", "  ", "\t", "# port 8080", "  # [/a/]", "\r"}) {
        CAPTURE(text);
        CHECK(accepted(text).kind == ConfigLine::Kind::nothing);
    }
}

TEST_CASE("config line: a value is the rest of the line up to a comment", "[app][config]") {
    CHECK(accepted("header X-Note: two  words").value == "X-Note: two  words");
    CHECK(accepted("port 80 # the usual one").value == "80");
    CHECK(accepted("index a#b").value == "a#b");
    CHECK_FALSE(accepted("spa # on").value);
    CHECK(accepted("header X: '#1'").value == "X: #1");
}

TEST_CASE("config line: quotes keep what they hold, as in a shell", "[app][config]") {
    CHECK(accepted("header '/a/ X: y'").value == "/a/ X: y");
    CHECK(accepted("header 'X: \"q\" # \\ '").value == "X: \"q\" # \\ ");
    CHECK(accepted(R"(header "X: it's \"so\" \\ \n")").value == R"(X: it's "so" \ \n)");
    CHECK(accepted("cache-control *.css='max-age=1, public'").value == "*.css=max-age=1, public");
    CHECK(accepted("pidfile ''").value == "");
    CHECK(accepted("pidfile 'a '  ").value == "a ");
}

TEST_CASE("config line: says what is wrong with a line", "[app][config]") {
    CHECK(refused("header 'X: y") == "the quote ' is not closed; a value that holds one stands between double quotes");
    CHECK(refused("header \"X: y\\\"") ==
          "the quote \" is not closed; a value that holds one stands between single quotes");
    CHECK(refused("--port 80") == "options stand without dashes here: port");
    CHECK(refused("port=80") == "a blank stands between an option and its value: port 80");
    CHECK(refused("port \x01") == "the line holds a control byte");
    CHECK(refused(std::string_view("port\0", 5)) == "the line holds a control byte");
    for (const char* text :
         {"[", "[]", "[/assets]", "[assets/]", "[/a b/]", "[/a/] port", "[host a.example]", "[/a/"}) {
        CAPTURE(text);
        CHECK(refused(text) == "\"" + std::string(text) +
                                   "\" is no section: that is a path between brackets, with a slash at both ends, as "
                                   "in [/assets/]");
    }
}

TEST_CASE("config line: what is quoted is read back", "[app][config]") {
    CHECK(app::quoted_value("8080") == "8080");
    CHECK(app::quoted_value("X: y") == "'X: y'");
    for (const char* value : {"", "8080", "X: y", "it's", "\"a\"", "it's \"a\\b\"", "# no comment", "a ", "\\", "'"}) {
        CAPTURE(value);
        CHECK(accepted("header " + app::quoted_value(value)).value == value);
    }
}
