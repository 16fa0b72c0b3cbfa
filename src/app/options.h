// What godwit was told, as a value: the command line, the environment and a configuration file in, Options or one
// sentence out. Opens no file but those of the configuration, and resolves no name. Called by main.
#pragma once

#include <algorithm>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "access_control/grants.h"
#include "app/option_sources.h"
#include "app/option_word.h"
#include "app/running_server.h"
#include "media/media_type.h"
#include "net/address.h"
#include "net/listener.h"
#include "server/server_config.h"
#include "site/site_config.h"

namespace app {

enum class Action : std::uint8_t {
    serve,
    test,              ///< check everything, say what would be served, exit
    help,              ///< print help_text(), exit
    version,           ///< print version_text(), exit
    signal,            ///< send `order` to the server of the pid file, exit
    config_from_here,  ///< print the configuration file that means the same, exit
    explain,           ///< print who may do what at a path, exit
};

/// What --explain is about.
struct Explained {
    std::string user;  ///< a name, "+" (anyone signed in) or "*" (anyone)
    std::string path;  ///< below the directory
};

/// The files of a certificate, in PEM form.
struct CertificatePair {
    std::string chain;  ///< the server's own certificate first
    std::string key;
};

/// How far the process confines itself once everything is open.
enum class SandboxMode : std::uint8_t {
    off,
    on,        ///< as far as the kernel can
    required,  ///< all of it, or no start
};

struct Options {
    Action action = Action::serve;
    OptionSources sources;          ///< where all this comes from
    std::vector<OptionWord> words;  ///< what they say together, as it was applied
    Order order = Order::reload;    ///< with Action::signal
    server::ServerConfig server;    ///< `addresses` is filled from --bind and --port
    site::SiteConfig site;
    bool are_sockets_handed_over = false;  ///< `addresses` are those of sockets that a service manager opened
    std::vector<net::Address> admin;       ///< where the server can be watched; no other machine reaches them
    std::string directory;                 ///< as given: relative to the working directory, or absolute
    std::vector<access_control::Grant>
        grants;                             ///< every line that counts, --allow-* among them; empty: no rules by path
    std::vector<std::string> auth_prompts;  ///< of --auth-prompt, each "/" or without a slash at its end
    std::string users_file;                 ///< of --users; empty: nobody has a password or a token
    std::int64_t auth_cache_ms = 300'000;   ///< how long credentials that were right are not checked again
    std::int64_t session_hours = 12;        ///< how long a browser stays signed in
    bool insecure_auth = false;             ///< passwords may cross a network for all to read
    bool insecure_writes = false;           ///< anybody who reaches an address may write everywhere
    std::vector<media::CodedName> coded_names;  ///< of --coding-by-name
    std::string mime_types;  ///< a file of media types, read at the start; empty: only the built-in ones
    SandboxMode sandbox = SandboxMode::on;
    bool daemon = false;
    std::string pidfile;     ///< empty: none
    std::string user;        ///< a name or a number; empty: stay who we are
    std::string group;       ///< empty with a user: that user's own group
    std::string unix_user;   ///< whose unix sockets are; empty: `user`
    std::string unix_group;  ///< empty with a unix_user: that user's own group
    mode_t unix_mode = net::SocketRights{}.mode;
    /// The first is shown to clients that name no host. Empty: one is made where an address is https.
    std::vector<CertificatePair> certificates;
    std::string client_ca_file;  ///< of --tls-client-ca; empty: clients are not asked for a certificate
    std::string help_section;    ///< with Action::help; empty: the overview
    Explained explained;         ///< with Action::explain

    /// What the cache may have: --cache-size, but never so much that little is left of --memory for connections.
    [[nodiscard]] std::size_t cache_bytes() const {
        return std::min(site.cache_bytes, site::most_cache_bytes(server.memory_bytes));
    }
    /// Of certificates, keys and those who vouch for clients.
    [[nodiscard]] std::vector<std::string> tls_files() const;
    [[nodiscard]] bool uses_tls() const {
        const auto is_https = [](const net::Address& address) { return address.scheme == net::Scheme::https; };
        return std::ranges::any_of(server.addresses, is_https);
    }
};

/// Reads the command line, the environment ("NAME=value") and the configuration file that they name; the first problem
/// ends it. argv[0] is skipped; argv may be permuted (options after DIR are accepted). Not for two threads at once
/// (getopt). `stdin_is_terminal` decides what no directory means: the working directory for a person at a terminal, a
/// refusal for a script. --help and --version win over whatever follows them.
std::expected<Options, UsageError> parse_options(int argc, char** argv, bool stdin_is_terminal,
                                                 const std::vector<std::string_view>& environment = {});

/// Applies the words to the defaults, and checks what follows from all of them together.
[[nodiscard]] std::expected<Options, UsageError> apply_words(std::vector<OptionWord> words);

/// Of one section of the options, of "all", or, for an empty name, the overview that fits a screen. Ends with a
/// newline; at most 80 columns. Empty when there is no such section.
std::string help_text(std::string_view section);
/// The names that help_text() knows.
[[nodiscard]] std::vector<std::string> help_sections();
/// Version, and what this build can do; ends with a newline.
std::string version_text();

/// "godwit 0.1.0, sandbox on: serving DIR on http://127.0.0.1:4221/ (uploads on, deletes on)" and a newline. `bound`
/// are the addresses really listened on, with their real ports; `directory` the absolute name of the root; `reachable`
/// the URLs that other machines may use, when `bound` does not say them; `sandbox` says what --sandbox became.
std::string start_line(const Options& options, const std::string& directory, std::span<const net::Address> bound,
                       std::span<const std::string> reachable = {}, std::string_view sandbox = "on");

/// The addresses as URLs, in the form of the start line.
std::string url_list(std::span<const net::Address> addresses);

/// What --test prints: every setting that matters, one a line, and where each option comes from.
std::string describe(const Options& options, const std::string& directory);

/// What --config-from-here prints: a configuration file for what `options.words` say, with absolute file names. The
/// error is a sentence about a value that no file can hold.
std::expected<std::string, std::string> config_from_here(const Options& options);

}  // namespace app
