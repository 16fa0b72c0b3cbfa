// The text of an upload's state: what is written can be read back, and what is damaged is not taken for a state.
#include "uploads/upload_state.h"

#include <algorithm>
#include <string>
#include <vector>

#include "http/limits.h"
#include "support/catch.h"

using uploads::UploadState;

namespace {

UploadState state_for(std::string_view target) {
    UploadState state;
    state.method = "PUT";
    state.target = state.location = target;
    state.directory = "/";
    state.secret = std::string(uploads::kUploadSecretDigits, 'a');
    return state;
}

/// A state with one further line.
std::string text_with(const std::string& line) { return uploads::write_upload_state(state_for("/a")) + line + "\n"; }

}  // namespace

TEST_CASE("upload state: the place is found in the beginning alone, and only whole", "[content][upload]") {
    UploadState state = state_for("/a");
    state.directory = "/a b";
    state.directory_number = 1234;
    const std::string text = uploads::write_upload_state(state);
    const auto place = uploads::parse_upload_place(text + "directory /other\n");
    REQUIRE(place.has_value());
    CHECK(place->directory == "/a b");
    CHECK(place->directory_number == 1234);
    const std::size_t end = text.find("on-conflict replace\n") + std::string_view("on-conflict replace\n").size();
    for (std::size_t bytes = 0; bytes <= text.size(); ++bytes) {
        INFO(bytes);
        CHECK(uploads::parse_upload_place(std::string_view(text).substr(0, bytes)).has_value() == (bytes >= end));
    }
    CHECK_FALSE(uploads::parse_upload_place("another file\n" + text));
}

TEST_CASE("upload state: reads back what was written, whatever the names hold", "[content][upload]") {
    UploadState state = state_for("/a b/\xc3\xa9%41\n\"x");
    state.location = "/files/a b/";
    state.directory = "/a b";
    state.secret = std::string(32, 'a');
    state.link = std::string(48, 'b');
    state.fields = {{"If-Match", "\"x: y\""}, {"Repr-Digest", "sha-256=:AA==:"}, {"If-None-Match", ""}};
    state.boot = "b-1";
    state.on_conflict = storage::OnConflict::refuse;
    state.length = 12;
    std::string text = uploads::write_upload_state(state);
    const auto read = uploads::parse_upload_state(text);
    REQUIRE(read.has_value());
    CHECK(read->target == state.target);
    CHECK(read->location == state.location);
    CHECK(read->directory == state.directory);
    CHECK(read->secret == state.secret);
    CHECK(read->link == state.link);
    CHECK(std::ranges::equal(read->fields, state.fields));
    CHECK(read->on_conflict == state.on_conflict);
    CHECK(read->boot == "b-1");
    CHECK(read->length == 12);
    CHECK(read->synced == 0);
    CHECK_FALSE(read->complete);
    text += uploads::synced_line(5) + uploads::publishing_line(77) + uploads::complete_line();
    const auto later = uploads::parse_upload_state(text);
    REQUIRE(later.has_value());
    CHECK(later->synced == 5);
    CHECK(later->publishing == 77);
    CHECK(later->complete);
    const auto rewritten = uploads::parse_upload_state(uploads::write_upload_state(*later));
    REQUIRE(rewritten.has_value());
    CHECK(rewritten->synced == 5);
    CHECK(rewritten->publishing == 77);
    CHECK(rewritten->complete);
}

TEST_CASE("upload state: a line that was being written does not count, at any cut", "[content][upload]") {
    UploadState state = state_for("/a");
    state.directory = "/";
    state.secret = std::string(32, 'a');
    const std::string whole = uploads::write_upload_state(state);
    const std::string text = whole + uploads::synced_line(100) + uploads::synced_line(2000);
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        const auto read = uploads::parse_upload_state(text.substr(0, cut));
        INFO("cut at " << cut);
        if (read) CHECK((read->synced == 0 || read->synced == 100 || read->synced == 2000));
        if (cut >= whole.size()) CHECK(read.has_value());
        // And what is written behind the cut counts all the same, on a line of its own.
        const auto on = uploads::parse_upload_state(text.substr(0, cut) + "\n" + uploads::synced_line(3000));
        if (on) CHECK(on->synced == 3000);
    }
    CHECK_FALSE(uploads::parse_upload_state("").has_value());
    CHECK_FALSE(uploads::parse_upload_state(std::string(4096, '\0')).has_value());
    CHECK_FALSE(uploads::parse_upload_state("godwit-upload 2\n").has_value());
}

TEST_CASE("upload state: a field that no request can have makes the state a damaged one", "[content][upload]") {
    const auto good = uploads::parse_upload_state(text_with("field If-Match: \"x\""));
    REQUIRE(good.has_value());
    REQUIRE(good->fields.size() == 1);
    CHECK(good->fields[0].name == "If-Match");
    CHECK(good->fields[0].value == "\"x\"");
    const std::vector<std::string> wrong{"field",
                                         "field ",
                                         "field : x",
                                         "field If-Match",
                                         "field If Match: x",
                                         "field If-Match: a\rb",
                                         "field If-Match: a\x7f"};
    for (const std::string& line : wrong) {
        INFO(line);
        CHECK_FALSE(uploads::parse_upload_state(text_with(line)).has_value());
    }
}

TEST_CASE("upload state: has no more fields than a request", "[content][upload]") {
    std::string text = uploads::write_upload_state(state_for("/a"));
    for (std::size_t i = 0; i < http::kMaxFields; ++i) text += "field A: b\n";
    REQUIRE(uploads::parse_upload_state(text).has_value());
    CHECK_FALSE(uploads::parse_upload_state(text + "field A: b\n").has_value());
}

TEST_CASE("upload state: an impossible value is damage, a name of a later version is skipped", "[content][upload]") {
    CHECK(uploads::parse_upload_state(text_with("colour blue")).has_value());
    for (const std::string line : {"secret short", "method GET", "target no-slash", "target /%00", "directory /%4",
                                   "location /%zz", "on-conflict perhaps"}) {
        INFO(line);
        CHECK_FALSE(uploads::parse_upload_state(text_with(line)).has_value());
    }
}

TEST_CASE("upload state: names of its files are told from all others", "[content][upload]") {
    constexpr std::uint64_t kNumber = 0x0123456789abcdef;
    CHECK(uploads::partial_name(kNumber) == ".godwit-0123456789abcdef.upload");
    CHECK(uploads::state_name(kNumber) == "0123456789abcdef.upload");
    CHECK(uploads::parse_partial_name(uploads::partial_name(kNumber)) == kNumber);
    CHECK(uploads::parse_state_name(uploads::state_name(kNumber)) == kNumber);
    CHECK_FALSE(uploads::parse_state_name(uploads::partial_name(kNumber)));
    CHECK_FALSE(uploads::parse_partial_name(uploads::state_name(kNumber)));
    for (const std::string wrong : {"0123456789abcde.upload", "0123456789ABCDEF.upload", "0123456789abcdef.uploads",
                                    "0123456789abcdeg.upload", "0123456789abcdef", ""}) {
        INFO(wrong);
        CHECK_FALSE(uploads::parse_state_name(wrong));
    }
}
