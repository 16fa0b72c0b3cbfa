// The command line as words, up to its end or its first problem.
#include "app/command_words.h"

#include <string>
#include <utility>
#include <vector>

#include "support/catch.h"

namespace {

app::CommandLine read(std::vector<std::string> words) {
    words.insert(words.begin(), "godwit");
    std::vector<char*> argv;
    for (std::string& each : words) argv.push_back(each.data());
    argv.push_back(nullptr);
    return app::read_command_line(static_cast<int>(words.size()), argv.data());
}

/// "port=1|spa|", and the sentence of the problem behind it.
std::string text_of(std::vector<std::string> words) {
    const app::CommandLine line = read(std::move(words));
    std::string text;
    for (const app::OptionWord& each : line.words) {
        text.append(each.spec->name).append(each.value.empty() ? "" : "=").append(each.value).append("|");
    }
    return line.error ? text + line.error->sentence : text;
}

}  // namespace

TEST_CASE("command words: options and directories in their order, long and short", "[app][options]") {
    CHECK(text_of({"--port", "1", "-p2", "--port=3", "--spa", "dir"}) == "port=1|port=2|port=3|spa|directory=dir|");
    CHECK(text_of({"dir", "--spa", "--", "--port"}) == "spa|directory=dir|directory=--port|");
    CHECK(text_of({}).empty());
}

TEST_CASE("command words: reading ends at the first problem, and keeps what stands before it", "[app][options]") {
    CHECK(text_of({"--spa", "--port"}).starts_with("spa|--port needs a value"));
    CHECK(text_of({"--spa", "--no-such-option", "--port=1"}).starts_with("spa|"));
    CHECK(text_of({"--no-such-option"}).find("--no-such-option") != std::string::npos);
    CHECK(text_of({"--spa=yes"}) == "--spa takes no value");
}

TEST_CASE("command words: --help and --version end the line, whatever follows", "[app][options]") {
    CHECK(text_of({"--version", "--no-such-option"}) == "version|");
    CHECK(text_of({"--help", "--no-such-option"}) == "help|");
    CHECK(text_of({"--help=nonsense"}) ==
          "help=nonsense|--help has no section \"nonsense\": see --help for their names");
}

TEST_CASE("command words: a line can be read again after another one", "[app][options]") {
    CHECK(text_of({"--spa", "--no-such-option"}).starts_with("spa|"));
    CHECK(text_of({"--port=1"}) == "port=1|");
}
