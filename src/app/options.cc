// Reads the command line with getopt_long. One table names every option and says what it accepts; one switch applies it.
#include "app/options.h"

#include <getopt.h>

#include <array>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "app/option_values.h"

namespace app {

namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kLeastTimeoutMs = 100;  // a shorter one would refuse honest clients

/// What getopt gives back: the letter of an option that has one, a number above all letters otherwise.
enum Id : int {
    id_port = 'p',
    id_bind = 'b',
    id_directory = 'd',
    id_allow_all = 'A',
    id_index = 'i',
    id_user = 'u',
    id_test = 't',
    id_help = 'h',
    id_version = 'V',
    id_allow_upload = 256,
    id_allow_delete,
    id_no_listing,
    id_no_builtin,
    id_records,
    id_symlinks,
    id_daemon,
    id_pidfile,
    id_access_log,
    id_error_log,
    id_log_format,
    id_compression_level,
    id_cache_size,
    id_durability,
    id_min_free,
    id_max_body,
    id_max_connections,
    id_keep_alive,
    id_header_timeout,
    id_body_timeout,
    id_min_rate,
    id_write_timeout,
    id_shutdown_grace,
};

struct Spec {
    Id id;
    const char* name;
    std::string_view accepts;  ///< what the value may be; empty when the option takes none
};

constexpr auto kSpecs = std::to_array<Spec>({
    {id_port, "port", "a port from 0 to 65535 (0 picks a free one)"},
    {id_bind, "bind", "an IPv4 address, an IPv6 address or unix:PATH"},
    {id_directory, "directory", "the directory to serve"},
    {id_allow_upload, "allow-upload", ""},
    {id_allow_delete, "allow-delete", ""},
    {id_allow_all, "allow-all", ""},
    {id_index, "index", "a file name without a slash that does not begin with a dot"},
    {id_no_listing, "no-listing", ""},
    {id_no_builtin, "no-builtin", ""},
    {id_records, "records", "PATH=FILE, as in /database.txt=/database.txt, or off"},
    {id_symlinks, "symlinks", "inside, none or all"},
    {id_daemon, "daemon", ""},
    {id_pidfile, "pidfile", "a file name"},
    {id_user, "user", "USER or USER:GROUP, names or numbers"},
    {id_access_log, "access-log", "a file name, - (standard output) or off"},
    {id_error_log, "error-log", "a file name or - (standard error)"},
    {id_log_format, "log-format", "common, combined or json"},
    {id_compression_level, "compression-level", "a number from 0 (off) to 9"},
    {id_cache_size, "cache-size", "a size in bytes such as 512K, 64M or 1G"},
    {id_durability, "durability", "full or none"},
    {id_min_free, "min-free", "a size in bytes such as 512K, 10M or 2G"},
    {id_max_body, "max-body", "a size in bytes such as 512K, 10M or 2G (0 is no limit)"},
    {id_max_connections, "max-connections", "a number from 1 to 1000000"},
    {id_keep_alive, "keep-alive", "seconds from 0 to 86400"},
    {id_header_timeout, "header-timeout", "seconds from 0.1 to 86400"},
    {id_body_timeout, "body-timeout", "seconds from 0.1 to 86400"},
    {id_min_rate, "min-rate", "a size in bytes per second such as 100 or 10K"},
    {id_write_timeout, "write-timeout", "seconds from 0.1 to 86400"},
    {id_shutdown_grace, "shutdown-grace", "seconds from 0 to 86400"},
    {id_test, "test", ""},
    {id_help, "help", ""},
    {id_version, "version", ""},
});

// The colon in front: a missing value is reported as ':' and getopt itself prints nothing.
constexpr const char* kShortOptions = ":p:b:d:Ai:u:thV";

const Spec* find_spec(int id) {
    for (const Spec& spec : kSpecs) {
        if (spec.id == id) return &spec;
    }
    return nullptr;
}

std::vector<option> long_options() {
    std::vector<option> result;
    result.reserve(kSpecs.size() + 1);
    for (const Spec& spec : kSpecs) {
        result.push_back({spec.name, spec.accepts.empty() ? no_argument : required_argument, nullptr, spec.id});
    }
    result.push_back({});
    return result;
}

std::string option_name(const Spec& spec) { return "--" + std::string(spec.name); }

UsageError wrong_value(const Spec& spec, std::string_view value) {
    return {option_name(spec) + " does not take \"" + printable(value) + "\": it takes " + std::string(spec.accepts)};
}

template <typename Value>
bool store(Value& into, const auto& parsed) {
    if (!parsed) return false;
    into = static_cast<Value>(*parsed);
    return true;
}

/// Collects what the options say; main's view of it is made by finish().
class Reader {
public:
    /// An error, or nothing when the option was taken. `value` is empty for an option without one.
    std::optional<UsageError> apply(const Spec& spec, std::string_view value);
    std::optional<UsageError> take_directory(std::string_view name);
    std::expected<Options, UsageError> finish(bool stdin_is_terminal);

    [[nodiscard]] Action action() const { return options_.action; }

private:
    bool apply_place(Id id, std::string_view value);
    bool apply_site(Id id, std::string_view value);
    bool apply_process(Id id, std::string_view value);
    bool apply_limit(Id id, std::string_view value);
    bool take_records(std::string_view value);
    bool take_user(std::string_view value);
    std::optional<UsageError> bind_addresses();

    Options options_;
    std::uint16_t port_ = 4221;
    std::vector<std::string> binds_;
};

bool Reader::apply_place(Id id, std::string_view value) {
    switch (id) {
        case id_port: return store(port_, parse_number(value, 0, UINT16_MAX));
        case id_bind:
            // The real port is put in at the end: --port may come after --bind.
            if (!net::Address::parse(value, 0)) return false;
            binds_.emplace_back(value);
            return true;
        case id_test: options_.action = Action::test; return true;
        case id_help: options_.action = Action::help; return true;
        case id_version: options_.action = Action::version; return true;
        default: return apply_site(id, value);
    }
}

bool Reader::apply_site(Id id, std::string_view value) {
    handlers::SiteConfig& site = options_.site;
    switch (id) {
        case id_allow_upload: site.allow_upload = true; return true;
        case id_allow_delete: site.allow_delete = true; return true;
        case id_allow_all: site.allow_upload = site.allow_delete = true; return true;
        case id_no_listing: site.listing = false; return true;
        case id_no_builtin: site.builtin = false; return true;
        case id_index:
            // Dot-files are never served, so such an index would make every directory a 404.
            if (value.empty() || value.front() == '.' || value.find('/') != std::string_view::npos) return false;
            site.index_name = value;
            return true;
        case id_symlinks:
            if (value == "inside")
                site.symlinks = content::Symlinks::inside;
            else if (value == "none")
                site.symlinks = content::Symlinks::none;
            else if (value == "all")
                site.symlinks = content::Symlinks::all;
            else
                return false;
            return true;
        case id_durability:
            if (value == "full")
                site.durability = content::Durability::full;
            else if (value == "none")
                site.durability = content::Durability::none;
            else
                return false;
            return true;
        case id_records: return take_records(value);
        case id_compression_level: return store(site.compression_level, parse_number(value, 0, 9));
        case id_cache_size: return store(site.cache_bytes, parse_size(value));
        case id_min_free: return store(site.min_free_bytes, parse_size(value));
        default: return apply_process(id, value);
    }
}

bool Reader::apply_process(Id id, std::string_view value) {
    switch (id) {
        case id_daemon: options_.daemon = true; return true;
        case id_pidfile: options_.pidfile = value; return !value.empty();
        case id_user: return take_user(value);
        case id_access_log:
            options_.server.access_log = value == "off" ? std::string_view() : value;
            return !value.empty();
        case id_error_log: options_.server.error_log = value; return !value.empty();
        case id_log_format:
            if (value == "common")
                options_.server.log_format = server::LogFormat::common;
            else if (value == "combined")
                options_.server.log_format = server::LogFormat::combined;
            else if (value == "json")
                options_.server.log_format = server::LogFormat::json;
            else
                return false;
            return true;
        default: return apply_limit(id, value);
    }
}

bool Reader::apply_limit(Id id, std::string_view value) {
    server::ServerConfig& server = options_.server;
    switch (id) {
        case id_max_body: return store(options_.site.max_body_bytes, parse_size(value));
        case id_max_connections: return store(server.max_connections, parse_number(value, 1, 1'000'000));
        case id_min_rate: return store(server.min_body_rate, parse_size(value));
        case id_keep_alive: return store(server.keep_alive_ms, parse_seconds(value, 0, kDayMs));
        case id_header_timeout: return store(server.header_timeout_ms, parse_seconds(value, kLeastTimeoutMs, kDayMs));
        case id_body_timeout: return store(server.body_timeout_ms, parse_seconds(value, kLeastTimeoutMs, kDayMs));
        case id_write_timeout: return store(server.write_timeout_ms, parse_seconds(value, kLeastTimeoutMs, kDayMs));
        case id_shutdown_grace: return store(server.shutdown_grace_ms, parse_seconds(value, 0, kDayMs));
        default: return false;
    }
}

bool Reader::take_records(std::string_view value) {
    handlers::SiteConfig& site = options_.site;
    if (value == "off") {
        site.records_path.clear();
        return true;
    }
    const std::size_t equals = value.find('=');
    if (equals == std::string_view::npos) return false;
    site.records_path = value.substr(0, equals);
    site.records_file = value.substr(equals + 1);
    if (!site.records_file.starts_with('/')) site.records_file.insert(0, "/");
    const auto names_file = [](std::string_view path) {
        return path.size() > 1 && path.starts_with('/') && !path.ends_with('/') && !content::is_hidden(path);
    };
    return names_file(site.records_path) && names_file(site.records_file);
}

bool Reader::take_user(std::string_view value) {
    const std::size_t colon = value.find(':');
    options_.user = value.substr(0, colon);
    options_.group = colon == std::string_view::npos ? std::string_view() : value.substr(colon + 1);
    return !options_.user.empty() && (colon == std::string_view::npos || !options_.group.empty());
}

std::optional<UsageError> Reader::take_directory(std::string_view name) {
    if (name.empty()) return UsageError{"the directory's name is empty: give the directory to serve"};
    while (name.size() > 1 && name.ends_with('/')) name.remove_suffix(1);
    if (!options_.directory.empty() && options_.directory != name) {
        return UsageError{"two directories given, " + printable(options_.directory) + " and " + printable(name) +
                          ": one is served, as DIR or with --directory"};
    }
    options_.directory = name;
    return std::nullopt;
}

std::optional<UsageError> Reader::apply(const Spec& spec, std::string_view value) {
    if (spec.id == id_directory) return take_directory(value);
    if (!apply_place(spec.id, value)) return wrong_value(spec, value);
    return std::nullopt;
}

std::optional<UsageError> Reader::bind_addresses() {
    if (binds_.empty()) binds_.emplace_back("127.0.0.1");
    for (const std::string& text : binds_) {
        auto address = net::Address::parse(text, port_);
        if (!address) return UsageError{address.error()};
        for (const net::Address& earlier : options_.server.addresses) {
            if (earlier == *address) return UsageError{"--bind " + printable(text) + " is given twice: once is enough"};
        }
        options_.server.addresses.push_back(std::move(*address));
    }
    return std::nullopt;
}

/// A daemon leaves its working directory, so its paths must not depend on it.
void make_absolute(std::string& path) {
    if (path.empty() || path == "-") return;
    std::error_code ignored;  // without a working directory the path stays as it is, and opening it reports the reason
    const auto absolute = std::filesystem::absolute(path, ignored);
    if (!ignored) path = absolute.string();
}

std::expected<Options, UsageError> Reader::finish(bool stdin_is_terminal) {
    if (options_.directory.empty()) {
        if (!stdin_is_terminal) {
            return std::unexpected(
                UsageError{"no directory given: name the directory to serve (\".\" for the working directory)"});
        }
        options_.directory = ".";
    }
    if (auto error = bind_addresses()) return std::unexpected(std::move(*error));
    if (options_.daemon) {
        if (options_.server.access_log == "-") {
            return std::unexpected(
                UsageError{"--daemon closes standard output: --access-log takes a file name or off with it"});
        }
        for (std::string* path :
             {&options_.directory, &options_.pidfile, &options_.server.access_log, &options_.server.error_log}) {
            make_absolute(*path);
        }
    }
    return std::move(options_);
}

/// The word of argv that getopt did not know, and what was probably meant.
UsageError unknown_option(char** argv) {
    if (optopt != 0 && optopt < 256) {
        if (const Spec* spec = find_spec(optopt); spec == nullptr) {
            const auto letter = static_cast<char>(optopt);
            return {"unknown option -" + printable(std::string_view(&letter, 1)) + ": see --help"};
        }
    }
    if (const Spec* spec = find_spec(optopt); spec != nullptr) {
        return {option_name(*spec) + " takes no value"};  // --daemon=yes
    }
    const std::string_view word = argv[optind - 1];
    const std::string_view typed =
        word.substr(2, word.find('=') == std::string_view::npos ? word.size() : word.find('=') - 2);
    std::vector<std::string_view> names;
    std::string begun;  // the names that begin with what was typed: getopt takes a beginning when just one has it
    for (const Spec& spec : kSpecs) {
        names.emplace_back(spec.name);
        if (!typed.empty() && names.back().starts_with(typed))
            begun += (begun.empty() ? "--" : ", --") + std::string(spec.name);
    }
    const std::string shown = "--" + printable(typed);
    if (!begun.empty()) return {"option " + shown + " is not complete: it may be " + begun};
    const std::string_view nearest = nearest_word(typed, names);
    if (nearest.empty()) return {"unknown option " + shown + ": see --help"};
    return {"unknown option " + shown + ": did you mean --" + std::string(nearest) + "? See --help"};
}

}  // namespace

std::expected<Options, UsageError> parse_options(int argc, char** argv, bool stdin_is_terminal) {
    const std::vector<option> longs = long_options();
    Reader reader;
    optind = 0;  // starts glibc's scanner anew, also after an earlier call
    opterr = 0;
    for (int id = 0; (id = ::getopt_long(argc, argv, kShortOptions, longs.data(), nullptr)) != -1;) {
        if (id == '?') return std::unexpected(unknown_option(argv));
        if (id == ':') {
            const Spec& spec = *find_spec(optopt);
            return std::unexpected(UsageError{option_name(spec) + " needs a value: " + std::string(spec.accepts)});
        }
        const Spec& spec = *find_spec(id);
        if (auto error = reader.apply(spec, spec.accepts.empty() ? "" : optarg))
            return std::unexpected(std::move(*error));
        if (reader.action() == Action::help || reader.action() == Action::version) {
            Options options;
            options.action = reader.action();
            return options;
        }
    }
    for (int i = optind; i < argc; ++i) {
        if (auto error = reader.take_directory(argv[i])) return std::unexpected(std::move(*error));
    }
    return reader.finish(stdin_is_terminal);
}

}  // namespace app
