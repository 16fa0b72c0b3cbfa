// Which words are a command about users, and which are a directory.
#include "app/users_command.h"

#include <string>
#include <vector>

#include "support/catch.h"

namespace {

std::optional<int> run(std::vector<std::string> words) {
    words.insert(words.begin(), "godwit");
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    return app::run_users_command(pointers);
}

}  // namespace

TEST_CASE("users command: other words are left to the server", "[app][access]") {
    CHECK_FALSE(run({}).has_value());
    CHECK_FALSE(run({"passwd"}).has_value());
    CHECK_FALSE(run({"--port", "80", "dir"}).has_value());
}

TEST_CASE("users command: wrong words are wrong usage", "[app][access]") {
    CHECK(run({"token", "file"}) == 2);
    CHECK(run({"token", "file", "name", "more"}) == 2);
    CHECK(run({"token", "file", "a:b"}) == 2);
    CHECK(run({"token", "file", "groups"}) == 2);
}
