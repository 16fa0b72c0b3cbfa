// Options from the environment.
#include "app/environment_words.h"

#include <string>

#include "support/catch.h"

namespace {

std::string refused(std::string_view variable) {
    const auto words = app::read_environment_words({variable});
    REQUIRE_FALSE(words);
    return words.error().sentence;
}

}  // namespace

TEST_CASE("environment words: there is a variable for each option that can be set", "[app][config]") {
    const auto words = app::read_environment_words({"HOME=/", "GODWIT_PORT=8080", "GODWIT_ALLOW_UPLOAD=on",
                                                    "GODWIT_SPA=0", "GODWIT_HEADER=X: y=z", "GODWIT_CONFIG=file"});
    REQUIRE(words);
    REQUIRE(words->size() == 5);
    CHECK(app::line_text(words->at(0)) == "port 8080");
    CHECK(words->at(0).name() == "GODWIT_PORT");
    CHECK(words->at(0).origin.text() == "the environment");
    CHECK(app::line_text(words->at(1)) == "allow-upload");
    CHECK_FALSE(words->at(1).is_off);
    CHECK(words->at(2).is_off);
    CHECK(app::line_text(words->at(3)) == "header 'X: y=z'");
    CHECK(app::line_text(words->at(4)) == "config file");
}

TEST_CASE("environment words: an empty variable counts for nothing", "[app][config]") {
    const auto words = app::read_environment_words({"GODWIT_PORT=", "GODWIT_ALLOW_UPLOAD=", "GODWIT_", "GODWIT_PORT"});
    REQUIRE(words);
    CHECK(words->empty());
}

TEST_CASE("environment words: a name that is nearly an option's is a mistake, others are of other programs",
          "[app][config]") {
    CHECK(refused("GODWIT_PROT=80") == "unknown option GODWIT_PROT: did you mean GODWIT_PORT? See --help");
    CHECK(refused("GODWIT_ALOWED_HOST=a") ==
          "unknown option GODWIT_ALOWED_HOST: did you mean GODWIT_ALLOWED_HOST? See --help");
    CHECK(app::read_environment_words({"GODWIT_SERVICE_HOST=10.0.0.1", "GODWIT_HELP=1", "GODWIT_TEST=1"})->empty());
}

TEST_CASE("environment words: an option without a value is on or off", "[app][config]") {
    CHECK(refused("GODWIT_DAEMON=maybe") == "GODWIT_DAEMON is on or off, not \"maybe\"");
    for (const char* on : {"on", "1", "yes", "true"}) {
        CHECK_FALSE(app::read_environment_words({std::string("GODWIT_SPA=") + on})->at(0).is_off);
    }
    for (const char* off : {"off", "0", "no", "false"}) {
        CHECK(app::read_environment_words({std::string("GODWIT_SPA=") + off})->at(0).is_off);
    }
}
