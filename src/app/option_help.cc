// Reads the columns of the help text: the option from the third or seventh column, the description from the thirtieth.
#include "app/option_help.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "app/options.h"
#include "base/ascii.h"

namespace app {
namespace {

constexpr std::size_t kTextColumn = 29;
constexpr std::string_view kLetterFront = "  -";
constexpr std::string_view kNameFront = "      --";

void append_words(std::string& text, std::string_view more) {
    more = base::trim_blanks(more);
    if (more.empty()) return;
    if (!text.empty()) text += ' ';
    text += more;
}

/// The part of an option's first line that the option itself takes: all of it where the description begins below.
std::string_view option_part(std::string_view line, std::size_t name_end, bool takes_value) {
    if (line.size() <= kTextColumn || line[kTextColumn - 1] != ' ' || line[kTextColumn] == ' ') return line;
    const std::string_view part = line.substr(0, kTextColumn);
    const bool is_quote_open = std::ranges::count(part, '\'') % 2 != 0;
    const bool lacks_value = takes_value && base::trim_blanks(part.substr(std::min(name_end, part.size()))).empty();
    return is_quote_open || lacks_value ? line : part;
}

/// "  -p, --port N               port; 0 picks …", the first line about an option.
OptionHelp read_option(std::string_view line) {
    OptionHelp help;
    if (line.starts_with(kLetterFront)) help.letter = line[kLetterFront.size()];
    const std::size_t name_begin = std::min(line.find("--"), line.size());
    const std::size_t name_end = std::min(line.find(' ', name_begin), line.size());
    help.spec = find_option(line.substr(name_begin, name_end - name_begin), OptionSource::command_line);
    const bool takes_value = help.spec != nullptr && !help.spec->accepts.empty();
    const std::string_view part = option_part(line, name_end, takes_value);
    help.value = base::trim_blanks(part.substr(name_end));
    help.text = line.substr(part.size());
    return help;
}

HelpSection read_heading(std::string_view line) {
    const std::size_t note = line.find(" (");
    HelpSection section{.heading = std::string(line.substr(0, note)), .note = {}, .options = {}};
    if (note != std::string_view::npos) section.note = line.substr(note + 2, line.size() - note - 3);
    return section;
}

bool is_word(std::string_view text) {
    return !text.empty() &&
           std::ranges::all_of(text, [](char c) { return base::is_alpha(c) || base::is_digit(c) || c == '-'; });
}

}  // namespace

std::string OptionHelp::summary() const {
    std::size_t end = text.size();
    for (const std::string_view stop : {"; ", ". "}) end = std::min(end, text.find(stop));
    return text.substr(0, end);
}

bool OptionHelp::is_repeatable() const { return text.find("repeatable") != std::string::npos; }

std::vector<HelpSection> read_option_help() {
    std::vector<HelpSection> sections;
    const std::string all = help_text("all");
    for (std::string_view rest = all; !rest.empty();) {
        const std::string_view line = base::take_line(rest);
        if (line.empty()) continue;
        if (!line.starts_with(' ')) {
            sections.push_back(read_heading(line));
        } else if (line.starts_with(kLetterFront) || line.starts_with(kNameFront)) {
            sections.back().options.push_back(read_option(line));
        } else if (!sections.back().options.empty()) {
            append_words(sections.back().options.back().text, line);
        }
    }
    std::erase_if(sections, [](const HelpSection& section) { return section.options.empty(); });
    return sections;
}

/// "common, combined, extended or json", and what stands in parentheses left out.
std::vector<std::string> choices_of(const OptionSpec& spec) {
    if (spec.id == id_help) return help_sections();
    std::string_view rest = spec.accepts.substr(0, spec.accepts.find(" ("));
    std::vector<std::string> words;
    const std::size_t last = rest.rfind(" or ");
    if (last == std::string_view::npos) return {};
    const std::string_view last_word = rest.substr(last + 4);
    rest = rest.substr(0, last);
    while (!rest.empty()) {
        const std::string_view word = rest.substr(0, rest.find(", "));
        rest.remove_prefix(std::min(word.size() + 2, rest.size()));
        words.emplace_back(word);
    }
    words.emplace_back(last_word);
    return std::ranges::all_of(words, is_word) ? words : std::vector<std::string>();
}

}  // namespace app
