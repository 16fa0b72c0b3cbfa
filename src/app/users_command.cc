// The terminal's echo, the two questions, and the words that are printed.
#include "app/users_command.h"

#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <expected>
#include <string>
#include <string_view>

#include "access_control/password_hash.h"
#include "access_control/tokens.h"
#include "access_control/users_edit.h"
#include "access_control/users_file.h"
#include "app/option_values.h"

namespace app {
namespace {

constexpr char kInterrupt = '\x03';  ///< Ctrl-C, which a silent terminal gives as a character

void print(std::FILE* stream, const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stream);
    std::fflush(stream);
}

/// Shows nothing of what is typed while it lives. Signals of the keyboard are characters meanwhile, so that none ends
/// the program with a terminal that stays silent.
class SilentTerminal {
public:
    SilentTerminal() : is_terminal_(::tcgetattr(STDIN_FILENO, &before_) == 0) {
        if (!is_terminal_) return;
        termios silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    }
    SilentTerminal(const SilentTerminal&) = delete;
    SilentTerminal& operator=(const SilentTerminal&) = delete;
    ~SilentTerminal() {
        if (!is_terminal_) return;
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
        print(stderr, "\n");
    }
    [[nodiscard]] bool is_terminal() const { return is_terminal_; }

private:
    termios before_{};
    bool is_terminal_;
};

/// A line without its end; what is longer than any password is cut, and refused for its length later.
std::string read_line() {
    std::string line;
    char c = 0;
    while (::read(STDIN_FILENO, &c, 1) == 1 && c != '\n') {
        if (line.size() <= access_control::kMaxPasswordBytes) line += c;
    }
    if (line.ends_with('\r')) line.pop_back();
    return line;
}

std::string ask(const std::string& prompt) {
    const SilentTerminal terminal;
    if (terminal.is_terminal()) print(stderr, prompt);
    return read_line();
}

std::expected<std::string, std::string> ask_for_password(const std::string& name) {
    std::string password = ask("Password of " + name + ": ");
    if (password.find(kInterrupt) != std::string::npos) return std::unexpected("nothing was changed");
    if (password.empty()) return std::unexpected("the password is empty; nothing was changed");
    if (password.size() > access_control::kMaxPasswordBytes) {
        return std::unexpected("a password has at most " + std::to_string(access_control::kMaxPasswordBytes) +
                               " bytes; nothing was changed");
    }
    if (::isatty(STDIN_FILENO) == 1 && ask("Once more: ") != password) {
        return std::unexpected("the two are not the same; nothing was changed");
    }
    return password;
}

std::expected<void, std::string> set_password(const std::string& file, const std::string& name) {
    if (!access_control::has_password_hashes()) {
        return std::unexpected("this build makes no password hashes: it was made without libxcrypt (libcrypt-dev)");
    }
    const auto password = ask_for_password(name);
    if (!password) return std::unexpected(password.error());
    const std::string hash = access_control::make_password_hash(*password);
    if (hash.empty()) return std::unexpected("libxcrypt made no hash; nothing was changed");
    return access_control::edit_users_file(
        file, [&](std::string_view text) { return access_control::with_password(text, name, hash); });
}

std::expected<void, std::string> add_token(const std::string& file, const std::string& name) {
    if (!access_control::has_tokens()) {
        return std::unexpected("this build makes no tokens: it was made without OpenSSL (libssl-dev)");
    }
    const std::string token = access_control::make_token();
    if (token.empty()) return std::unexpected("the kernel gave no random numbers; nothing was changed");
    const std::string digest = access_control::token_digest(token);
    auto changed = access_control::edit_users_file(
        file, [&](std::string_view text) { return access_control::with_token(text, name, digest); });
    if (changed) print(stdout, token + "\n");
    return changed;
}

}  // namespace

std::optional<int> run_users_command(std::span<char* const> words) {
    if (words.size() < 3) return std::nullopt;  // a directory may have such a name
    const std::string_view command = words[1];
    if (command != "passwd" && command != "token") return std::nullopt;
    if (words.size() != 4) {
        print(stderr,
              "godwit: " + std::string(command) + " takes two words: godwit " + std::string(command) + " FILE NAME\n");
        return 2;
    }
    const std::string file = words[2];
    const std::string name = words[3];
    if (!access_control::is_user_name(name) || name == "groups") {
        print(stderr, "godwit: \"" + printable(name) +
                          "\" is no name of a user: 1 to 64 letters, digits and ._-@ are, but not groups\n");
        return 2;
    }
    const auto done = command == "passwd" ? set_password(file, name) : add_token(file, name);
    if (done) return 0;
    print(stderr, "godwit: " + printable(done.error(), kWholeText) + "\n");
    return 1;
}

}  // namespace app
