// One option as one of its sources gave it, and which of several words counts.
#include "app/option_word.h"

#include <string>
#include <utility>
#include <vector>

#include "support/catch.h"

using app::OptionSource;
using app::OptionWord;
using app::Origin;

namespace {

OptionWord word(int id, std::string value = {}, Origin origin = {}) {
    const app::OptionSpec* const spec = app::find_option(id);
    REQUIRE(spec != nullptr);
    auto made = app::make_word(*spec, spec->accepts.empty() && value.empty() ? nullptr : &value, std::move(origin));
    REQUIRE(made.has_value());
    return *made;
}

OptionWord off(int id) { return word(id, "off", {OptionSource::file, "f", 1}); }

/// "--port=1 --spa": the words that count.
std::string in_force(std::vector<std::vector<OptionWord>> sources) {
    std::string text;
    for (const OptionWord& each : app::words_in_force(std::move(sources))) {
        text.append(text.empty() ? "" : " ").append("--").append(each.spec->name);
        if (!each.value.empty()) text.append("=").append(each.value);
    }
    return text;
}

}  // namespace

TEST_CASE("option word: what a stronger source says takes the place of all that weaker ones say", "[app][options]") {
    CHECK(in_force({{word(app::id_port, "1"), word(app::id_spa)}, {word(app::id_port, "2")}}) == "--spa --port=2");
    CHECK(in_force({{word(app::id_header, "A: 1"), word(app::id_header, "B: 2")}}) == "--header=A: 1 --header=B: 2");
    CHECK(in_force({{word(app::id_header, "A: 1")}, {word(app::id_header, "B: 2")}}) == "--header=B: 2");
}

TEST_CASE("option word: off takes back what stands before it, here and in weaker sources", "[app][options]") {
    CHECK(in_force({{word(app::id_spa)}, {off(app::id_spa)}}).empty());
    CHECK(in_force({{word(app::id_spa), off(app::id_spa)}}).empty());
    CHECK(in_force({{off(app::id_spa)}, {word(app::id_spa)}}) == "--spa");
}

TEST_CASE("option word: each right of --allow-all can be taken back, and what it is for goes along", "[app][options]") {
    CHECK(in_force({{word(app::id_allow_all)}}) == "--allow-upload --allow-replace --allow-delete");
    CHECK(in_force({{word(app::id_allow_all)}, {off(app::id_allow_delete)}}) == "--allow-upload --allow-replace");
    CHECK(in_force({{word(app::id_allow_all)}, {off(app::id_allow_upload)}}) == "--allow-delete");
}

TEST_CASE("option word: an option takes a value, or none, as its source writes it", "[app][options]") {
    const auto fault = [](int id, const std::string* value, Origin origin) {
        const auto made = app::make_word(*app::find_option(id), value, std::move(origin));
        REQUIRE_FALSE(made.has_value());
        return made.error().sentence;
    };
    const Origin file{OptionSource::file, "godwit.conf", 3};
    const std::string maybe = "maybe";
    CHECK(fault(app::id_port, nullptr, {}).starts_with("--port needs a value: "));
    CHECK(fault(app::id_port, nullptr, file).starts_with("godwit.conf, line 3: port needs a value: "));
    CHECK(fault(app::id_spa, &maybe, {}) == "--spa takes no value");
    CHECK(fault(app::id_spa, &maybe, file) == "godwit.conf, line 3: spa is on or off, not \"maybe\"");
    CHECK(word(app::id_spa, "yes", {OptionSource::environment, {}, 0}).name() == "GODWIT_SPA");
}

TEST_CASE("option word: a place in a file is named so that it goes to a terminal", "[app][options]") {
    CHECK(Origin{}.text() == "the command line");
    CHECK(Origin{OptionSource::environment, {}, 0}.text() == "the environment");
    CHECK(Origin{OptionSource::file, "a\x1b[31m", 7}.text().find('\x1b') == std::string::npos);
    CHECK(app::error_at({}, "wrong").sentence == "wrong");
}
