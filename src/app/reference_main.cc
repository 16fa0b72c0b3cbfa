// Prints the manual pages and the completions of godwit. No part of the server: meson runs it when godwit is built, and
// installs what it prints.
#include <cstdio>
#include <string>
#include <string_view>

#include "app/completion.h"
#include "app/manual_page.h"

int main(int argc, char** argv) {
    const std::string_view wanted = argc == 2 ? argv[1] : "";
    std::string text;
    if (wanted == "manual") text = app::manual_page();
    if (wanted == "config-manual") text = app::config_manual_page();
    if (wanted == "bash") text = app::bash_completion();
    if (wanted == "zsh") text = app::zsh_completion();
    if (wanted == "fish") text = app::fish_completion();
    if (text.empty()) {
        std::fputs("usage: godwit-reference manual|config-manual|bash|zsh|fish\n", stderr);
        return 2;
    }
    return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() ? 0 : 1;
}
