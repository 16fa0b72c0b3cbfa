// One function for each shell. All offer the same: the words that an option takes, names of files where it takes one,
// and nothing where only the person knows.
#include "app/completion.h"

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "app/option_help.h"

namespace app {
namespace {

enum class Offer : std::uint8_t {
    no_value,  ///< the next word is another option, or DIR
    words,     ///< one of choices_of()
    file_name,
    nothing,  ///< a value that nobody can guess
};

Offer offer_for(const OptionHelp& option) {
    if (option.value.empty()) return Offer::no_value;
    if (!choices_of(*option.spec).empty()) return Offer::words;
    return option.spec->form == ValueForm::file_name ? Offer::file_name : Offer::nothing;
}

std::vector<OptionHelp> all_options() {
    std::vector<OptionHelp> all;
    for (HelpSection& section : read_option_help()) {
        for (OptionHelp& option : section.options) all.push_back(std::move(option));
    }
    return all;
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
    return text;
}

std::string choices_text(const OptionHelp& option) { return joined(choices_of(*option.spec)); }

/// `text` with a backslash in front of each of `special`.
std::string with_backslashes(std::string_view text, std::string_view special) {
    std::string result;
    for (const char c : text) {
        if (special.find(c) != std::string_view::npos) result += '\\';
        result += c;
    }
    return result;
}

/// For the inside of '…' in zsh, as the description of an option.
std::string zsh_text(std::string_view text) {
    std::string result;
    for (const char c : with_backslashes(text, "\\[]:")) {
        if (c == '\'') {
            result += "'\\''";
        } else {
            result += c;
        }
    }
    return result;
}

/// An argument of _arguments: "'(-p --port)'{-p,--port=}'[port]:N: '".
std::string zsh_option(const OptionHelp& option) {
    const std::string name = std::string("--") + option.spec->name;
    const Offer offer = offer_for(option);
    const std::string written = offer == Offer::no_value ? name : name + "=";
    std::string text;
    if (option.letter == '\0') {
        text.append(option.is_repeatable() ? "'*" : "'").append(written);
    } else {
        const std::string letter = {'-', option.letter};
        const std::string apart = option.is_repeatable() ? "*" : "(" + letter + " " + name + ")";
        text.append("'").append(apart).append("'{").append(letter).append(",").append(written).append("}'");
    }
    text.append("[").append(zsh_text(option.summary())).append("]");
    if (offer != Offer::no_value) text.append(":").append(zsh_text(option.value)).append(":");
    switch (offer) {
        case Offer::no_value: break;
        case Offer::words: text.append("(").append(choices_text(option)).append(")"); break;
        case Offer::file_name: text.append("_files"); break;
        case Offer::nothing: text.append(" "); break;
    }
    return text + "'";
}

/// "-p|--port", a pattern of the shell.
std::string bash_pattern(const OptionHelp& option) {
    const std::string name = std::string("--") + option.spec->name;
    return option.letter == '\0' ? name : std::string("-") + option.letter + "|" + name;
}

}  // namespace

std::string bash_completion() {
    std::string names;
    std::string cases;
    std::string files;
    std::string nothing;
    for (const OptionHelp& option : all_options()) {
        names += (names.empty() ? "--" : " --") + std::string(option.spec->name);
        const std::string pattern = bash_pattern(option);
        switch (offer_for(option)) {
            case Offer::no_value: break;
            case Offer::words:
                cases += "        " + pattern + ")\n            _godwit_words '" + choices_text(option) +
                         "'\n            return ;;\n";
                break;
            case Offer::file_name: files += (files.empty() ? "" : "|") + pattern; break;
            case Offer::nothing: nothing += (nothing.empty() ? "" : "|") + pattern; break;
        }
    }
    return R"(# Completion of godwit for bash, made from its table of options.
_godwit_words() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$current"); }
_godwit_files() {
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
}
_godwit() {
    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    COMPREPLY=()
    # --option=value comes as three words.
    if [[ $current == '=' ]]; then
        current=
    elif [[ $before == '=' ]]; then
        before=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    case ${COMP_WORDS[1]} in
        passwd|token|shares)
            if ((COMP_CWORD == 2)); then
                _godwit_files
                return
            fi ;;
    esac
    case $before in
)" + cases +
           "        " + files + ")\n            _godwit_files\n            return ;;\n" + "        " + nothing +
           ")\n            return ;;\n" + R"(    esac
    if [[ $current == -* ]]; then
        _godwit_words ')" +
           names + R"('
        return
    fi
    _godwit_files
    if ((COMP_CWORD == 1)); then
        mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W 'passwd token shares' -- "$current")
    fi
}
complete -F _godwit godwit
)";
}

std::string zsh_completion() {
    std::string text = R"(#compdef godwit
# Completion of godwit for zsh, made from its table of options.
_godwit_first() {
    _alternative 'commands:command:(passwd token shares)' 'files:directory:_files'
}
_godwit() {
    case $words[2] in
        passwd|token)
            _arguments '1: :(passwd token)' '2:file of users:_files' '3:name of a user: '
            return ;;
        shares)
            _arguments '1: :(shares)' '2:directory:_files -/' '3: :(revoke)' '4:id of a link: '
            return ;;
    esac
    _arguments -S \
)";
    for (const OptionHelp& option : all_options()) text.append("        ").append(zsh_option(option)).append(" \\\n");
    return text + "        '1:directory or command:_godwit_first'\n}\n_godwit \"$@\"\n";
}

std::string fish_completion() {
    std::string text = R"(# Completion of godwit for fish, made from its table of options.
complete -c godwit -n __fish_use_subcommand -a passwd -d 'set a password in a file of users'
complete -c godwit -n __fish_use_subcommand -a token -d 'add a token to a file of users'
complete -c godwit -n __fish_use_subcommand -a shares -d 'list and revoke the share links of a directory'
)";
    for (const OptionHelp& option : all_options()) {
        text += "complete -c godwit";
        if (option.letter != '\0') text += std::string(" -s ") + option.letter;
        text += std::string(" -l ") + option.spec->name;
        switch (offer_for(option)) {
            case Offer::no_value: break;
            case Offer::words: text += " -x -a '" + choices_text(option) + "'"; break;
            case Offer::file_name: text += " -r -F"; break;
            case Offer::nothing: text += " -x"; break;
        }
        text += " -d '" + with_backslashes(option.summary(), "\\'") + "'\n";
    }
    return text;
}

}  // namespace app
