// How one source's words stand against another's.
#include "app/option_word.h"

#include <algorithm>
#include <array>
#include <utility>

#include "app/option_values.h"

namespace app {
namespace {

/// Options that set another option as well. Taking back the second option of a pair takes back the first.
struct Implied {
    OptionId id;
    OptionId implied;
};
constexpr auto kImplied = std::to_array<Implied>({{id_allow_replace, id_allow_upload}});
/// --allow-all is these, so that each of them can be taken back.
constexpr auto kAll = std::to_array<OptionId>({id_allow_upload, id_allow_replace, id_allow_delete});

std::optional<bool> parse_switch(std::string_view text) {
    static constexpr auto kOn = std::to_array<std::string_view>({"on", "yes", "true", "1"});
    static constexpr auto kOff = std::to_array<std::string_view>({"off", "no", "false", "0"});
    if (std::ranges::find(kOn, text) != kOn.end()) return true;
    if (std::ranges::find(kOff, text) != kOff.end()) return false;
    return std::nullopt;
}

std::vector<OptionWord> spell_out(std::vector<OptionWord> words) {
    std::vector<OptionWord> result;
    result.reserve(words.size());
    for (OptionWord& word : words) {
        if (word.spec->id != id_allow_all) {
            result.push_back(std::move(word));
            continue;
        }
        for (const OptionId id : kAll) {
            result.push_back(word);
            result.back().spec = find_option(id);
        }
    }
    return result;
}

bool implies(OptionId id, OptionId other) {
    return std::ranges::any_of(kImplied, [&](Implied pair) { return pair.id == id && pair.implied == other; });
}

}  // namespace

std::string Origin::text() const {
    switch (source) {
        case OptionSource::command_line: return "the command line";
        case OptionSource::environment: return "the environment";
        case OptionSource::file: break;
    }
    return printable(file, kWholeText) + ", line " + std::to_string(line);
}

UsageError error_at(const Origin& origin, std::string sentence) {
    if (origin.source == OptionSource::file) sentence.insert(0, origin.text() + ": ");
    return {std::move(sentence)};
}

std::expected<OptionWord, UsageError> make_word(const OptionSpec& spec, const std::string* value, Origin origin) {
    OptionWord word{.spec = &spec, .value = {}, .is_off = false, .origin = std::move(origin)};
    if (!spec.accepts.empty()) {
        if (value == nullptr) {
            return std::unexpected(error_at(word.origin, word.name() + " needs a value: " + std::string(spec.accepts)));
        }
        word.value = *value;
        return word;
    }
    if (value == nullptr) return word;
    const auto is_on = word.origin.source == OptionSource::command_line ? std::nullopt : parse_switch(*value);
    if (!is_on && word.origin.source == OptionSource::command_line) {
        return std::unexpected(UsageError{word.name() + " takes no value"});
    }
    if (!is_on) {
        return std::unexpected(error_at(word.origin, word.name() + " is on or off, not \"" + printable(*value) + "\""));
    }
    word.is_off = !*is_on;
    return word;
}

std::vector<OptionWord> words_in_force(std::vector<std::vector<OptionWord>> sources) {
    std::vector<OptionWord> result;
    const auto take_back = [&result](OptionId id) {
        std::erase_if(result, [id](const OptionWord& word) { return word.spec->id == id; });
    };
    for (std::vector<OptionWord>& source : sources) {
        const std::vector<OptionWord> words = spell_out(std::move(source));
        for (const OptionWord& word : words) take_back(word.spec->id);
        for (const OptionWord& word : words) {
            if (!word.is_off) {
                result.push_back(word);
                continue;
            }
            const OptionId off = word.spec->id;
            std::erase_if(result, [off](const OptionWord& earlier) {
                return earlier.spec->id == off || implies(earlier.spec->id, off);
            });
        }
    }
    return result;
}

}  // namespace app
