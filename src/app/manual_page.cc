// The pages: what --help says of each option, and around it what a person has to know who has only the page.
#include "app/manual_page.h"

#include <string_view>
#include <utility>

#include "app/option_help.h"
#include "base/ascii.h"

namespace app {
namespace {

/// When the sentences of this file last changed: a page has a date, and two builds are to give the same bytes.
constexpr std::string_view kDate = "November 29, 2026";
constexpr std::size_t kMostColumns = 78;

struct Title {
    std::string_view name;
    std::string_view section;
    std::string_view about;
};

class Page {
public:
    void line(std::string_view macro) { text_.append(macro).push_back('\n'); }
    /// Filled lines; each sentence begins a line, as mdoc asks.
    void sentences(std::string_view text) {
        std::string filled;
        const auto end_line = [&] {
            if (!filled.empty()) line(filled);
            filled.clear();
        };
        for (text = base::trim_blanks(text); !text.empty(); text = base::trim_blanks(text)) {
            const std::string_view word = text.substr(0, text.find(' '));
            text.remove_prefix(word.size());
            const std::string escaped = escape(word);
            if (filled.size() + 1 + escaped.size() > kMostColumns) end_line();
            if (!filled.empty()) filled += ' ';
            // A line that begins so would be a request.
            if (filled.empty() && (word.starts_with('.') || word.starts_with('\''))) filled += "\\&";
            filled += escaped;
            if (word.ends_with('.')) end_line();
        }
        end_line();
    }
    /// Lines as they are, such as an example.
    void literal(std::string_view text) {
        line(".Bd -literal -offset indent");
        while (!text.empty()) line(escape(base::take_line(text)));
        line(".Ed");
    }
    [[nodiscard]] std::string take() { return std::move(text_); }

    /// Hyphens of options stay what they are, so that they can be copied.
    static std::string escape(std::string_view word) {
        const bool is_literal = word.find("--") != std::string_view::npos || word.starts_with('-');
        std::string escaped;
        for (const char c : word) {
            if (c == '\\') {
                escaped += "\\e";
            } else if (c == '-' && is_literal) {
                escaped += "\\-";
            } else {
                escaped += c;
            }
        }
        return escaped;
    }

private:
    std::string text_;
};

Page titled(const Title& title) {
    std::string capitals(title.name);
    for (char& c : capitals) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    Page page;
    page.line(".Dd " + std::string(kDate));
    page.line(".Dt " + capitals + " " + std::string(title.section));
    page.line(".Os");
    page.line(".Sh NAME");
    page.line(".Nm " + std::string(title.name));
    page.line(".Nd " + std::string(title.about));
    return page;
}

/// As arguments of a macro.
std::string value_of(const OptionHelp& option) {
    std::string value;
    for (const char c : option.value) {
        if (c != '\'') value += c;
    }
    return value.empty() ? value : " Ar \"" + value + "\"";
}

void add_options(Page& page) {
    for (const HelpSection& section : read_option_help()) {
        page.line(".Ss " + section.heading);
        if (!section.note.empty()) page.sentences(section.note + ".");
        page.line(".Bl -tag -width Ds");
        for (const OptionHelp& option : section.options) {
            std::string item = ".It ";
            if (option.letter != '\0') item += std::string("Fl ") + option.letter + " , ";
            page.line(item + "Fl -" + option.spec->name + value_of(option));
            page.sentences(option.text + ".");
        }
        page.line(".El");
    }
}

void add_config_option(Page& page, const OptionHelp& option) {
    const OptionSpec& spec = *option.spec;
    page.line(std::string(".It Ic ") + spec.name + value_of(option));
    page.sentences(option.text + ".");
    if (!spec.accepts.empty()) page.sentences("Takes " + std::string(spec.accepts) + ".");
    if (!changes_in_flight(spec)) page.sentences("Needs a new process: a reload leaves it as it is.");
}

void add_config_options(Page& page) {
    for (HelpSection& section : read_option_help()) {
        std::erase_if(section.options, [](const OptionHelp& option) {
            return option.spec->id == id_config || find_option(option.spec->name, OptionSource::file) == nullptr;
        });
        if (section.options.empty()) continue;
        page.line(".Ss " + section.heading);
        page.line(".Bl -tag -width Ds");
        for (const OptionHelp& option : section.options) add_config_option(page, option);
        page.line(".El");
    }
}

void add_signals(Page& page) {
    page.line(".Sh SIGNALS");
    page.line(".Bl -tag -width Ds");
    page.line(".It Dv SIGTERM , SIGINT");
    page.sentences("Stop when the requests in flight are answered; a second one stops at once.");
    page.line(".It Dv SIGHUP");
    page.sentences("Reopen the logs, read the configuration file again, and look at the certificates.");
    page.line(".It Dv SIGUSR1");
    page.sentences("Reopen the logs, and write the counters to the error log.");
    page.line(".It Dv SIGUSR2");
    page.sentences(
        "Start the program anew; once the new process is ready it takes over the sockets, and this one ends when its "
        "requests are answered.");
    page.line(".El");
}

}  // namespace

std::string manual_page() {
    Page page =
        titled({.name = "godwit", .section = "8", .about = "serve a directory over HTTP, and receive files into it"});
    page.line(".Sh SYNOPSIS");
    page.line(".Nm\n.Op Ar option ...\n.Op Ar DIR");
    page.line(".Nm\n.Cm passwd\n.Ar FILE NAME");
    page.line(".Nm\n.Cm token\n.Ar FILE NAME");
    page.line(".Nm\n.Cm shares\n.Ar DIR\n.Op Cm revoke Ar ID");
    page.line(".Sh DESCRIPTION");
    page.sentences(
        "Serves the directory DIR, or one file, over HTTP/1.1 and HTTP/2, with TLS or without. Files are received into "
        "it "
        "when an option allows it: what was answered with 201 is on disk, whole. At a terminal DIR may be left out: "
        "then "
        "it is the working directory. Without options other machines cannot connect, and nothing is written.");
    page.line(".Pp");
    page.sentences(
        "The command passwd asks for a password and writes its hash for NAME into the file of --users. The command "
        "token "
        "adds a token for NAME, and prints it once. The command shares lists the share links of DIR with their ids, "
        "and "
        "with revoke ends one of them, also while a server runs.");
    page.line(".Sh OPTIONS");
    page.sentences(
        "Each long option can stand in a configuration file and in the environment, too. The command line is stronger "
        "than the environment, and that is stronger than the file.");
    add_options(page);
    page.line(".Sh ENVIRONMENT");
    page.line(".Bl -tag -width Ds");
    page.line(".It Ev GODWIT_NAME");
    page.sentences(
        "The value of the option --name, in capital letters and with _ for each dash: GODWIT_MAX_BODY=10M. An option "
        "without a value takes on or off. An empty variable counts for nothing.");
    page.line(".It Ev NOTIFY_SOCKET , LISTEN_FDS , WATCHDOG_USEC");
    page.sentences("What systemd tells a service. Sockets that it hands over are served in place of --bind.");
    page.line(".El");
    add_signals(page);
    page.line(".Sh EXIT STATUS");
    page.sentences(
        "0 when the server served and was stopped, 1 when it could not serve, 2 when an option was wrong. The reason "
        "is "
        "one line on standard error.");
    page.line(".Sh EXAMPLES");
    page.sentences("Serve the working directory to this machine, on port 4221:");
    page.literal("godwit\n");
    page.sentences("Let people of the local network read a directory, and say who asks for what:");
    page.literal("godwit --bind 0.0.0.0 --port 8080 --access-log - /srv/www\n");
    page.sentences("Receive files, of people who sign in over TLS:");
    page.literal(
        "godwit passwd /etc/godwit/users anna\n"
        "godwit --bind https://0.0.0.0:443 --tls-cert chain.pem --tls-key key.pem \\\n"
        "    --users /etc/godwit/users --grant '/ + write' /srv/files\n");
    page.line(".Sh SEE ALSO");
    page.line(".Xr godwit.conf 5");
    return page.take();
}

std::string config_manual_page() {
    Page page = titled({.name = "godwit.conf", .section = "5", .about = "configuration file of godwit"});
    page.line(".Sh DESCRIPTION");
    page.sentences(
        "A file of options for godwit --config FILE: one on each line, with the name and the value that it has on the "
        "command line, without the dashes.");
    page.line(".Bl -bullet");
    for (const std::string_view rule : {
             "A value is the rest of the line, up to a # behind a blank. Quotes of either kind keep blanks and # as "
             "they "
             "are.",
             "An option without a value stands alone, or with on or off; off takes back what stands before it.",
             "include FILE reads another file in its place. Its name is relative to the file that names it; all other "
             "names of files are relative to where godwit was started.",
             "[/prefix/] begins a section, which ends with the next one or with the file. In it stand header, "
             "cache-control, charset and grant, and the prefix is put before their values.",
         }) {
        page.line(".It");
        page.sentences(rule);
    }
    page.line(".El");
    page.line(".Pp");
    page.sentences(
        "SIGHUP lets a running server read the file again. A file with a mistake changes nothing, and the error log "
        "says "
        "where the mistake is.");
    page.line(".Sh OPTIONS");
    add_config_options(page);
    page.line(".Sh EXAMPLES");
    page.literal(
        "directory   /srv/www\n"
        "bind        0.0.0.0\n"
        "port        80\n"
        "user        www-data\n"
        "access-log  /var/log/godwit/access.log\n"
        "error-log   /var/log/godwit/error.log\n"
        "\n"
        "[/assets/]\n"
        "cache-control *=max-age=31536000, immutable\n");
    page.line(".Sh SEE ALSO");
    page.line(".Xr godwit 8");
    return page.take();
}

}  // namespace app
