// What the tests of the command line begin with: words to options, or to the sentence that refuses them.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/options.h"
#include "support/catch.h"

namespace command_line {

/// A command line; argv needs writable strings.
inline std::expected<app::Options, app::UsageError> parse(std::vector<std::string> words, bool terminal = false,
                                                          const std::vector<std::string_view>& environment = {}) {
    words.insert(words.begin(), "godwit");
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    return app::parse_options(static_cast<int>(words.size()), argv.data(), terminal, environment);
}

inline app::Options accepted(std::vector<std::string> words, bool terminal = false) {
    auto options = parse(std::move(words), terminal);
    INFO((options ? std::string() : options.error().sentence));
    REQUIRE(options);
    return std::move(*options);
}

inline std::string refused(std::vector<std::string> words, bool terminal = false) {
    auto options = parse(std::move(words), terminal);
    REQUIRE_FALSE(options);
    const std::string& sentence = options.error().sentence;
    CHECK(sentence.find('\n') == std::string::npos);
    return sentence;
}

inline bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace command_line
