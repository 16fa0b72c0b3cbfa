// The table of options, and the messages about words that are not in it.
#include "app/option_table.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "app/option_values.h"

namespace app {

namespace {

using enum OptionGroup;

constexpr auto kSpecs = std::to_array<OptionSpec>({
    {id_port, "port", place, "a port from 0 to 65535 (0 picks a free one)"},
    {id_bind, "bind", place,
     "localhost, an IPv4 or IPv6 address, each with :PORT or without and https:// or not, or unix:PATH"},
    {id_tls_cert, "tls-cert", tls, "a file with a certificate and its chain in PEM form", ValueForm::file_name},
    {id_tls_key, "tls-key", tls, "a file with the certificate's private key in PEM form", ValueForm::file_name},
    {id_tls_client_ca, "tls-client-ca", tls, "a file with the certificates, in PEM form, of who vouches for clients",
     ValueForm::file_name},
    {id_trusted_proxy, "trusted-proxy", place, "an address or a range such as 10.0.0.0/8 or 2001:db8::/32, or unix"},
    {id_proxy_protocol, "proxy-protocol", place, "off, v1, v2 or on (either version)"},
    {id_redirect_https, "redirect-https", tls, ""},
    {id_hsts, "hsts", tls, "seconds from 0 to 63072000 (two years)"},
    {id_unix_mode, "unix-mode", place, "an octal mode such as 660"},
    {id_unix_owner, "unix-owner", place, "USER or USER:GROUP, names or numbers"},
    {id_admin, "admin", place, "127.0.0.1:PORT, [::1]:PORT or unix:PATH: what other machines cannot reach"},
    {id_directory, "directory", place, "the directory or file to serve", ValueForm::file_name},
    {id_allow_upload, "allow-upload", site, ""},
    {id_allow_replace, "allow-replace", site, ""},
    {id_allow_delete, "allow-delete", site, ""},
    {id_allow_all, "allow-all", site, ""},
    {id_allow_well_known, "allow-well-known", site, ""},
    {id_grant, "grant", access,
     "'PATH WHO RIGHTS': who is a name, @GROUP, + (anyone signed in) or * (anyone); rights are read, list, create, "
     "replace, delete, share, write, or none",
     ValueForm::below_prefix},
    {id_trust_uploads, "trust-uploads", site, ""},
    {id_insecure_writes, "insecure-writes", access, ""},
    {id_allowed_host, "allowed-host", site,
     "a host name such as files.example, or an IP address, without a port; or *"},
    {id_path_prefix, "path-prefix", site,
     "a path that begins with / and has no empty, . or .. segments, such as /files"},
    {id_users, "users", access, "a file of users, as godwit passwd and godwit token write it", ValueForm::file_name},
    {id_auth_cache, "auth-cache", access, "seconds from 0 (every request is checked) to 86400"},
    {id_auth_prompt, "auth-prompt", access, "a path below the directory that begins with /, such as /dav"},
    {id_session_hours, "session-hours", access, "a number from 1 to 8760 (a year)"},
    {id_insecure_auth, "insecure-auth", access, ""},
    {id_index, "index", site, "a file name without a slash that does not begin with a dot"},
    {id_no_listing, "no-listing", site, ""},
    {id_no_builtin, "no-builtin", site, ""},
    {id_records, "records", site, "PATH=FILE, as in /database.txt=/database.txt, or off"},
    {id_on_conflict, "on-conflict", site, "refuse, rename or replace"},
    {id_keep_mtime, "keep-mtime", site, ""},
    {id_dav, "dav", site, ""},
    {id_upload_expiry, "upload-expiry", site, "seconds from 0 (no uploads that can be resumed) to 31536000"},
    {id_symlinks, "symlinks", site, "inside, none or all"},
    {id_dot_files, "dot-files", site, "hide, write or serve"},
    {id_mime_types, "mime-types", web, "a file in the format of /etc/mime.types", ValueForm::file_name},
    {id_coding_by_name, "coding-by-name", web,
     "names such as 'js.gz, wasm.br': what the file holds, then gz, br or zst"},
    {id_charset, "charset", web, "a charset such as iso-8859-1, or '/prefix/ charset' for the files below it",
     ValueForm::below_prefix},
    {id_spa, "spa", web, ""},
    {id_clean_urls, "clean-urls", web, ""},
    {id_error_page, "error-page", web, "CODE=FILE, as in 404=/404.html: FILE is a path below the directory served"},
    {id_header, "header", web, "'Name: value', or '/prefix/ Name: value' for the paths that begin so",
     ValueForm::below_prefix},
    {id_cache_control, "cache-control", web, "PATTERN=VALUE, as in '/assets/*=max-age=31536000, immutable'",
     ValueForm::pattern},
    {id_cors, "cors", web, "an origin such as https://app.example, or *"},
    {id_daemon, "daemon", process, ""},
    {id_pidfile, "pidfile", process, "a file name", ValueForm::file_name},
    {id_user, "user", process, "USER or USER:GROUP, names or numbers"},
    {id_sandbox, "sandbox", process, "on, off or required"},
    {id_access_log, "access-log", process, "a file name, - (standard output) or off", ValueForm::file_name},
    {id_audit_log, "audit-log", process, "a file name, - (standard output) or off", ValueForm::file_name},
    {id_error_log, "error-log", process, "a file name or - (standard error)", ValueForm::file_name},
    {id_log_format, "log-format", process, "common, combined, extended or json"},
    {id_request_id, "request-id", process, ""},
    {id_compression_level, "compression-level", site, "a number from 0 (off) to 9"},
    {id_cache_size, "cache-size", site, "a size in bytes such as 512K, 64M or 1G"},
    {id_durability, "durability", site, "full or none"},
    {id_min_free, "min-free", site, "a size in bytes such as 512K, 10M or 2G"},
    {id_memory, "memory", limit, "a size in bytes from 64M on, such as 64M, 256M or 1G"},
    {id_max_body, "max-body", limit, "a size in bytes such as 512K, 10M or 2G (0 is no limit)"},
    {id_max_connections, "max-connections", limit, "a number from 1 to 1000000"},
    {id_max_connections_per_client, "max-connections-per-client", limit, "a number from 1 to 1000000"},
    {id_max_uploads_per_client, "max-uploads-per-client", limit, "a number from 1 to 10000"},
    {id_max_upload_bytes_per_client, "max-upload-bytes-per-client", limit,
     "a size in bytes such as 512M, 20G or 1T (0 is no limit)"},
    {id_max_requests_per_client, "max-requests-per-client", limit, "a number from 1 to 1000000"},
    {id_max_forms_per_client, "max-forms-per-client", limit, "a number from 1 to 10000"},
    {id_http2, "http2", limit, "on or off"},
    {id_keep_alive, "keep-alive", limit, "seconds from 0 to 86400"},
    {id_header_timeout, "header-timeout", limit, "seconds from 0.1 to 86400"},
    {id_body_timeout, "body-timeout", limit, "seconds from 0.1 to 86400"},
    {id_min_rate, "min-rate", limit, "a size in bytes per second such as 100 or 10K"},
    {id_write_timeout, "write-timeout", limit, "seconds from 0.1 to 86400"},
    {id_shutdown_grace, "shutdown-grace", limit, "seconds from 0 to 86400"},
    {id_config, "config", process, "a configuration file: a long option a line", ValueForm::file_name},
    {id_signal, "signal", action, "reload, upgrade, reopen, quit or stop"},
    {id_config_from_here, "config-from-here", action, ""},
    {id_explain, "explain", action, "a user, + (anyone signed in) or * (anyone), and then a path below the directory"},
    {id_test, "test", action, ""},
    {id_help, "help", action, ""},
    {id_version, "version", action, ""},
});

/// Names that other servers use, and the options of godwit that do the same.
struct Hint {
    const char* typed;  ///< what getopt takes, too
    std::string_view meant;
};
constexpr std::string_view kDirectoryHint = "--directory DIR, or DIR alone, says what is served";
constexpr std::string_view kTlsHint =
    "--bind https://ADDRESS:PORT speaks TLS, with the certificate of --tls-cert FILE --tls-key FILE";
constexpr std::string_view kUsersHint =
    "--users FILE has names and passwords, which godwit passwd FILE NAME writes; --grant says who may do what";
constexpr auto kHints = std::to_array<Hint>({
    {"host", "--bind ADDRESS says where to listen (--allowed-host which names are answered)"},
    {"hostname", "--bind ADDRESS says where to listen (--allowed-host which names are answered)"},
    {"listen", "--bind ADDRESS says where to listen"},
    {"address", "--bind ADDRESS says where to listen"},
    {"addr", "--bind ADDRESS says where to listen"},
    {"ip", "--bind ADDRESS says where to listen"},
    {"interface", "--bind ADDRESS says where to listen"},
    {"socket", "--bind unix:PATH listens on a unix socket"},
    {"root", kDirectoryHint},
    {"dir", kDirectoryHint},
    {"folder", kDirectoryHint},
    {"path", kDirectoryHint},
    {"document-root", kDirectoryHint},
    {"docroot", kDirectoryHint},
    {"webroot", kDirectoryHint},
    {"web-root", kDirectoryHint},
    {"upload", "--allow-upload lets clients write files"},
    {"uploads", "--allow-upload lets clients write files"},
    {"write", "--allow-all lets clients write and delete files"},
    {"enable-upload", "--allow-upload lets clients write files"},
    {"readonly", "without --allow-upload and --allow-delete nothing is written"},
    {"read-only", "without --allow-upload and --allow-delete nothing is written"},
    {"writable", "--allow-all lets clients write and delete files"},
    {"delete", "--allow-delete lets clients delete files"},
    {"log", "--access-log FILE writes a line for each request (- is standard output)"},
    {"logfile", "--access-log FILE writes a line for each request (- is standard output)"},
    {"verbose", "--access-log - shows each request"},
    {"debug", "--access-log - shows each request"},
    {"quiet", "--error-log /dev/null says nothing; there is no access log unless --access-log asks for one"},
    {"silent", "--error-log /dev/null says nothing; there is no access log unless --access-log asks for one"},
    {"config-file", "--config FILE names a file with options"},
    {"workers", "there is one thread, and no option for more"},
    {"threads", "there is one thread, and no option for more"},
    {"background", "--daemon goes on in the background"},
    {"fork", "--daemon goes on in the background"},
    {"pid", "--pidfile FILE names the file for the process's number"},
    {"timeout", "--header-timeout, --body-timeout, --write-timeout and --keep-alive are the times"},
    {"proxy", "--trusted-proxy RANGE says whose X-Forwarded-For is believed"},
    {"proxyprotocol", "--proxy-protocol on takes the client's address from PROXY headers"},
    {"real-ip", "--trusted-proxy RANGE says whose X-Forwarded-For is believed"},
    {"max-size", "--max-body SIZE limits a request"},
    {"max-upload", "--max-body SIZE limits a request"},
    {"max-body-size", "--max-body SIZE limits a request"},
    {"index-file", "--index NAME is the file that a directory answers with"},
    {"cors-origin", "--cors ORIGIN lets pages of other sites read"},
    {"hidden", "--dot-files serve shows names that begin with a dot"},
    {"follow-symlinks", "--symlinks says which links are followed; those that stay inside are"},
    {"follow-links", "--symlinks says which links are followed; those that stay inside are"},
    {"http-port", "--port N is the port"},
    {"ipv6", "--bind :: listens on IPv6"},
    {"no-cache", "--cache-control '/*=no-cache' is for browsers, --cache-size 0 for the server's memory"},
    {"cache", "--cache-control PATTERN=VALUE is for browsers, --cache-size SIZE for the server's memory"},
    {"gzip", "--compression-level N says how much is compressed; it is on already"},
    {"spa-fallback", "--spa answers with the root's index where nothing is named"},
    {"metrics", "--admin 127.0.0.1:PORT answers /metrics, /status and health checks"},
    {"status", "--admin 127.0.0.1:PORT answers /metrics, /status and health checks"},
    {"prometheus", "--admin 127.0.0.1:PORT answers /metrics, /status and health checks"},
    {"auth", kUsersHint},
    {"user-pass", kUsersHint},
    {"password", kUsersHint},
    {"basic-auth", kUsersHint},
    {"username", kUsersHint},
    {"htpasswd", kUsersHint},
    {"auth-file", kUsersHint},
    {"tls", kTlsHint},
    {"ssl", kTlsHint},
    {"https", kTlsHint},
    {"cert", kTlsHint},
    {"key", kTlsHint},
    {"certificate", kTlsHint},
    {"private-key", kTlsHint},
    {"certfile", kTlsHint},
    {"keyfile", kTlsHint},
    {"cert-file", kTlsHint},
    {"key-file", kTlsHint},
    {"pem", kTlsHint},
    {"ssl-cert", kTlsHint},
    {"ssl-key", kTlsHint},
    {"tls-certificate", kTlsHint},
});

/// Actions belong to one call of the program.
bool is_for(const OptionSpec& spec, OptionSource source) {
    switch (source) {
        case OptionSource::command_line: return true;
        case OptionSource::environment: return spec.group != action;
        case OptionSource::file: break;
    }
    return spec.group != action && spec.id != id_config;
}

/// What stands before the name itself, and is left out when names are compared.
std::string_view before_name(OptionSource source) {
    switch (source) {
        case OptionSource::command_line: return "--";
        case OptionSource::environment: return kEnvironmentPrefix;
        case OptionSource::file: break;
    }
    return {};
}

std::vector<std::string> names_for(OptionSource source) {
    std::vector<std::string> names;
    for (const OptionSpec& spec : kSpecs) {
        if (is_for(spec, source)) names.push_back(option_name(spec, source));
    }
    if (source == OptionSource::file) names.emplace_back(kIncludeWord);
    return names;
}

}  // namespace

const OptionSpec* find_option(int id) {
    for (const OptionSpec& spec : kSpecs) {
        if (spec.id == id) return &spec;
    }
    return nullptr;
}

const OptionSpec* find_option(std::string_view written, OptionSource source) {
    for (const OptionSpec& spec : kSpecs) {
        if (is_for(spec, source) && option_name(spec, source) == written) return &spec;
    }
    return nullptr;
}

std::string option_name(const OptionSpec& spec, OptionSource source) {
    std::string name(spec.name);
    if (source == OptionSource::environment) {
        std::ranges::transform(name, name.begin(),
                               [](char c) { return c == '-' ? '_' : static_cast<char>(std::toupper(c)); });
    }
    return std::string(before_name(source)) + name;
}

bool changes_in_flight(const OptionSpec& spec) {
    switch (spec.id) {
        case id_trusted_proxy:
        case id_grant:
        case id_auth_prompt:
        case id_insecure_writes:
        case id_redirect_https:
        case id_hsts:
        case id_access_log:
        case id_audit_log:
        case id_error_log:
        case id_log_format:
        case id_request_id: return true;
        case id_memory:
        case id_cache_size:           // the size of what survives
        case id_symlinks:             // of the directory that is open
        case id_dot_files:            // likewise
        case id_http2: return false;  // TLS offers it from the start
        default: break;
    }
    return spec.group == site || spec.group == web || spec.group == limit;
}

/// What getopt gives back for a name that is no option's.
constexpr int kUnknownOption = '?';

std::vector<option> long_options() {
    std::vector<option> result;
    result.reserve(kSpecs.size() + 1);
    for (const OptionSpec& spec : kSpecs) {
        result.push_back(
            {spec.name,
             spec.accepts.empty() ? (spec.id == id_help ? optional_argument : no_argument) : required_argument, nullptr,
             spec.id});
    }
    // "--auth" means another thing than "--auth-cache", though getopt would take it for a beginning of that name.
    for (const Hint& hint : kHints) {
        const std::string begun = std::string(hint.typed) + "-";
        const auto goes_on = [&](const OptionSpec& spec) { return std::string_view(spec.name).starts_with(begun); };
        if (std::ranges::any_of(kSpecs, goes_on)) {
            result.push_back({hint.typed, optional_argument, nullptr, kUnknownOption});
        }
    }
    result.push_back({});
    return result;
}

std::string nearest_option(std::string_view written, OptionSource source) {
    const std::string_view before = before_name(source);
    if (!written.starts_with(before)) return {};
    const std::vector<std::string> names = names_for(source);
    std::vector<std::string_view> words;
    words.reserve(names.size());
    for (const std::string& name : names) words.push_back(std::string_view(name).substr(before.size()));
    const std::string_view nearest = nearest_word(written.substr(before.size()), words);
    return nearest.empty() ? std::string() : std::string(before).append(nearest);
}

std::string unknown_option_text(std::string_view written, OptionSource source) {
    const std::string shown = printable(written);
    const std::string_view typed = written.substr(std::min(before_name(source).size(), written.size()));
    for (const Hint& hint : kHints) {
        if (typed == hint.typed) return "unknown option " + shown + ": " + std::string(hint.meant);
    }
    std::string begun;  // the names that begin with what was typed: getopt takes a beginning when just one has it
    for (const std::string& name : names_for(source)) {
        if (!typed.empty() && name.starts_with(written)) begun += (begun.empty() ? "" : ", ") + name;
    }
    if (!begun.empty()) return "option " + shown + " is not complete: it may be " + begun;
    const std::string nearest = nearest_option(written, source);
    if (nearest.empty()) return "unknown option " + shown + ": see --help";
    return "unknown option " + shown + ": did you mean " + nearest + "? See --help";
}

std::string unknown_word_text(std::string_view word, int letter) {
    if (letter == 0) return unknown_option_text(word.substr(0, word.find('=')), OptionSource::command_line);
    const auto shown = static_cast<char>(letter);
    return "unknown option -" + printable(std::string_view(&shown, 1)) + ": see --help";
}

}  // namespace app
