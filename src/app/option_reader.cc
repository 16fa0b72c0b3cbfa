// One switch per group of options; those of the site are in site_options.
#include "app/option_reader.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "access_control/sign_in.h"
#include "app/encryption.h"
#include "app/grant_settling.h"
#include "app/mistaken_place.h"
#include "app/option_values.h"
#include "app/running_server.h"
#include "app/site_options.h"
#include "app/site_values.h"
#include "server/http2/entry.h"

namespace app {

namespace {

/// The most lines of --grant: a request looks its path up in them, segment by segment.
constexpr std::size_t kMaxGrants = 1'000;
constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kMostHstsMs = 730 * kDayMs;
constexpr std::int64_t kLeastTimeoutMs = 100;  // a shorter one would refuse honest clients

/// USER or USER:GROUP.
bool take_user(std::string_view value, std::string& user, std::string& group) {
    const std::size_t colon = value.find(':');
    user = value.substr(0, colon);
    group = colon == std::string_view::npos ? std::string_view() : value.substr(colon + 1);
    return !user.empty() && (colon == std::string_view::npos || !group.empty());
}

/// Octal, as chmod takes it.
std::optional<mode_t> parse_mode(std::string_view text) {
    mode_t mode = 0;
    if (text.empty() || text.size() > 4) return std::nullopt;
    for (const char digit : text) {
        if (digit < '0' || digit > '7') return std::nullopt;
        mode = mode * 8 + static_cast<mode_t>(digit - '0');
    }
    if (mode > 0777) return std::nullopt;
    return mode;
}

std::optional<SandboxMode> parse_sandbox(std::string_view text) {
    if (text == "off") return SandboxMode::off;
    if (text == "on") return SandboxMode::on;
    if (text == "required") return SandboxMode::required;
    return std::nullopt;
}

std::optional<net::ProxyVersions> parse_proxy_versions(std::string_view text) {
    if (text == "off") return net::ProxyVersions::none;
    if (text == "v1") return net::ProxyVersions::v1;
    if (text == "v2") return net::ProxyVersions::v2;
    if (text == "on") return net::ProxyVersions::both;
    return std::nullopt;
}

/// An address that other machines cannot reach, with its port.
std::expected<net::Address, std::string> parse_admin(std::string_view value) {
    auto address = net::Address::parse(value, 0);
    if (!address || address->family == net::Family::local) return address;
    if (!address->is_of_this_machine()) return std::unexpected("others could reach it");
    if (address->scheme == net::Scheme::https) return std::unexpected("it has no TLS");
    const auto with_other_port = net::Address::parse(value, 1);
    if (with_other_port->port() != address->port()) return std::unexpected("the port is missing");
    return address;
}

}  // namespace

std::optional<UsageError> OptionReader::apply(const OptionWord& word) {
    const OptionSpec& spec = *word.spec;
    const std::string_view value = word.value;
    if (spec.id == id_directory) {
        const Objection wrong = take_directory(value);
        return wrong ? std::optional(error_at(word.origin, *wrong)) : std::nullopt;
    }
    Objection objection;
    switch (spec.group) {
        case OptionGroup::place: objection = apply_place(spec.id, value); break;
        case OptionGroup::tls: objection = apply_tls(spec.id, value); break;
        case OptionGroup::action: objection = apply_action(spec.id, value); break;
        case OptionGroup::access: objection = apply_access(spec.id, value); break;
        case OptionGroup::site:
            if (spec.id == id_symlinks) follows_links_ = value != "none";
            objection = apply_site_option(spec.id, value, options_.site);
            break;
        case OptionGroup::web:
            if (spec.id == id_coding_by_name) {
                objection = take_coded_names(value);
                break;
            }
            if (spec.id == id_mime_types) {
                options_.mime_types = value;
                objection = taken_if(!value.empty());
                break;
            }
            objection = apply_web_option(spec.id, value, options_.site);
            break;
        case OptionGroup::process: objection = apply_process(spec.id, value); break;
        case OptionGroup::limit: objection = apply_limit(spec.id, value); break;
    }
    if (!objection) return std::nullopt;
    std::string sentence = word.name() + " does not take \"" + printable(value) + "\": ";
    if (!objection->empty()) sentence += *objection + "; ";
    return error_at(word.origin, sentence + "it takes " + std::string(spec.accepts));
}

Objection OptionReader::take_coded_names(std::string_view value) {
    auto names = parse_coded_names(value);
    if (!names) return std::move(names.error());
    options_.coded_names.insert(options_.coded_names.end(), names->begin(), names->end());
    return std::nullopt;
}

Objection OptionReader::take_grant(std::string_view value) {
    auto grant = access_control::parse_grant(value);
    if (!grant) return std::move(grant.error());
    if (options_.grants.size() == kMaxGrants) {
        return "there are " + std::to_string(kMaxGrants) + " of them already, the most";
    }
    options_.grants.push_back(std::move(*grant));
    return std::nullopt;
}

Objection OptionReader::take_prompt(std::string_view value) {
    if (!access_control::is_plain_path(value)) return "";
    if (value.size() > 1 && value.ends_with('/')) value.remove_suffix(1);
    if (options_.auth_prompts.size() == kMaxRules) {
        return "there are " + std::to_string(kMaxRules) + " of them already, the most";
    }
    options_.auth_prompts.emplace_back(value);
    return std::nullopt;
}

Objection OptionReader::apply_access(OptionId id, std::string_view value) {
    switch (id) {
        case id_grant: return take_grant(value);
        case id_users: options_.users_file = value; return taken_if(!value.empty());
        case id_auth_cache: return store(options_.auth_cache_ms, parse_seconds(value, 0, kDayMs));
        case id_auth_prompt: return take_prompt(value);
        case id_session_hours: return store(options_.session_hours, parse_number(value, 1, 8'760));
        case id_insecure_auth: options_.insecure_auth = true; return std::nullopt;
        case id_insecure_writes: options_.insecure_writes = true; return std::nullopt;
        default: return "";
    }
}

Objection OptionReader::apply_place(OptionId id, std::string_view value) {
    if (id == id_port) return store(port_, parse_number(value, 0, UINT16_MAX));
    if (id == id_unix_mode) return store(options_.unix_mode, parse_mode(value));
    if (id == id_unix_owner) return taken_if(take_user(value, options_.unix_user, options_.unix_group));
    if (id == id_trusted_proxy) {
        auto range = net::AddressRange::parse(value);
        if (!range) return value.empty() ? std::string() : range.error();
        options_.server.trusted_proxies.push_back(*range);
        return std::nullopt;
    }
    if (id == id_proxy_protocol) return store(options_.server.proxy_protocol, parse_proxy_versions(value));
    if (id == id_admin) {
        auto address = parse_admin(value);
        if (!address) return value.empty() ? std::string() : address.error();
        options_.admin.push_back(std::move(*address));
        return std::nullopt;
    }
    // The real port is put in at the end: --port may come after --bind.
    if (const auto address = net::Address::parse(value, 0); !address) {
        return value.empty() ? std::string() : address.error();
    }
    binds_.emplace_back(value);
    return std::nullopt;
}

Objection OptionReader::apply_tls(OptionId id, std::string_view value) {
    if (id == id_redirect_https) {
        options_.site.redirect_https = true;
        return std::nullopt;
    }
    if (id == id_hsts) {
        const auto time_ms = parse_seconds(value, 0, kMostHstsMs);
        if (time_ms) options_.site.hsts_s = *time_ms / 1000;
        return taken_if(time_ms.has_value());
    }
    if (id == id_tls_client_ca) {
        options_.client_ca_file = value;
        return taken_if(!value.empty());
    }
    (id == id_tls_cert ? chains_ : keys_).emplace_back(value);
    return taken_if(!value.empty());
}

Objection OptionReader::apply_action(OptionId id, std::string_view value) {
    switch (id) {
        case id_help:
            options_.action = Action::help;
            options_.help_section = value;
            return std::nullopt;
        case id_version: options_.action = Action::version; return std::nullopt;
        case id_config_from_here: options_.action = Action::config_from_here; return std::nullopt;
        case id_explain: return take_explained(value);
        case id_signal: options_.action = Action::signal; return store(options_.order, parse_order(value));
        default: options_.action = Action::test; return std::nullopt;
    }
}

/// WHO and PATH with a blank between: names of users have none.
Objection OptionReader::take_explained(std::string_view value) {
    const std::size_t blank = value.find(' ');
    if (blank == std::string_view::npos || blank == 0 || blank + 1 == value.size()) return "";
    options_.action = Action::explain;
    options_.explained = {std::string(value.substr(0, blank)), std::string(value.substr(blank + 1))};
    return std::nullopt;
}

Objection OptionReader::apply_process(OptionId id, std::string_view value) {
    switch (id) {
        case id_daemon: options_.daemon = true; return std::nullopt;
        case id_config: return taken_if(!value.empty());  // read already
        case id_pidfile: options_.pidfile = value; return taken_if(!value.empty());
        case id_user: return taken_if(take_user(value, options_.user, options_.group));
        case id_sandbox: return store(options_.sandbox, parse_sandbox(value));
        case id_access_log:
            options_.server.access_log = value == "off" ? std::string_view() : value;
            return taken_if(!value.empty());
        case id_audit_log:
            options_.server.audit_log = value == "off" ? std::string_view() : value;
            return taken_if(!value.empty());
        case id_error_log: options_.server.error_log = value; return taken_if(!value.empty());
        case id_request_id: options_.server.has_request_ids = true; return std::nullopt;
        case id_log_format:
            if (value == "common")
                options_.server.log_format = server::LogFormat::common;
            else if (value == "combined")
                options_.server.log_format = server::LogFormat::combined;
            else if (value == "extended")
                options_.server.log_format = server::LogFormat::extended;
            else if (value == "json")
                options_.server.log_format = server::LogFormat::json;
            else
                return "";
            return std::nullopt;
        default: return "";
    }
}

Objection OptionReader::apply_limit(OptionId id, std::string_view value) {
    server::ServerConfig& server = options_.server;
    switch (id) {
        case id_memory: {
            const auto bytes = parse_size(value);
            return store(server.memory_bytes, bytes < server::kLeastMemoryBytes ? std::nullopt : bytes);
        }
        case id_max_body: {
            const auto bytes = parse_size(value);
            if (bytes) options_.site.max_body = handler::SizeLimit(*bytes);
            return taken_if(bytes.has_value());
        }
        case id_max_connections: return store(server.max_connections, parse_number(value, 1, 1'000'000));
        case id_max_connections_per_client:
            return store(server.max_connections_per_client, parse_number(value, 1, 1'000'000));
        case id_max_uploads_per_client:
            return store(options_.site.max_uploads_per_client, parse_number(value, 1, 10'000));
        case id_max_upload_bytes_per_client: return store(options_.site.max_upload_bytes_per_client, parse_size(value));
        case id_max_requests_per_client:
            return store(server.max_requests_per_client, parse_number(value, 1, 1'000'000));
        case id_max_forms_per_client: return store(options_.site.max_forms_per_client, parse_number(value, 1, 10'000));
        case id_min_rate: return store(server.min_rate, parse_size(value));
        case id_http2:
            server.http2 = value == "on";
            if (server.http2 && !server::http2::is_built_in()) {
                return "this build has no HTTP/2: it needs nghttp2 (libnghttp2-dev)";
            }
            return taken_if(server.http2 || value == "off");
        case id_keep_alive: return store(server.keep_alive_ms, parse_seconds(value, 0, kDayMs));
        case id_header_timeout: return store(server.header_timeout_ms, parse_seconds(value, kLeastTimeoutMs, kDayMs));
        case id_body_timeout: return store(server.body_timeout_ms, parse_seconds(value, kLeastTimeoutMs, kDayMs));
        case id_write_timeout: return store(server.write_timeout_ms, parse_seconds(value, kLeastTimeoutMs, kDayMs));
        case id_shutdown_grace: return store(server.shutdown_grace_ms, parse_seconds(value, 0, kDayMs));
        default: return "";
    }
}

Objection OptionReader::take_directory(std::string_view name) {
    if (name.empty()) return "the directory's name is empty: give the directory to serve";
    while (name.size() > 1 && name.ends_with('/')) name.remove_suffix(1);
    if (!options_.directory.empty() && options_.directory != name) {
        return "two directories given, " + printable(options_.directory) + " and " + printable(name) +
               ": one is served, as DIR or with --directory" + probably_meant(options_.directory) +
               probably_meant(std::string(name));
    }
    options_.directory = name;
    return std::nullopt;
}

std::optional<UsageError> OptionReader::bind_addresses() {
    if (binds_.empty()) binds_.emplace_back(chains_.empty() ? "127.0.0.1" : "https://127.0.0.1");
    for (const std::string& text : binds_) {
        auto address = net::Address::parse(text, port_);
        if (!address) return UsageError{address.error()};
        for (const net::Address& earlier : options_.server.addresses) {
            if (earlier == *address) return UsageError{"--bind " + printable(text) + " is given twice: once is enough"};
            if (earlier.is_same_place(*address) && address->port() != 0) {
                return UsageError{"--bind " + printable(text) + ": this address has plain connections or TLS on one " +
                                  "port, not both; give one of them another port"};
            }
            if (earlier.is_covered_by(*address) || address->is_covered_by(earlier)) {
                return UsageError{"--bind " + printable(text) + ": " + earlier.to_text() + " is given too, and one " +
                                  "of the two is all addresses, the other among them; leave one out"};
            }
        }
        options_.server.addresses.push_back(std::move(*address));
    }
    return std::nullopt;
}

/// The first certificate goes with the first key, and so on.
std::optional<UsageError> OptionReader::pair_certificates() {
    if (chains_.size() != keys_.size()) {
        return UsageError{"--tls-cert and --tls-key come in pairs: " + std::to_string(chains_.size()) +
                          " of the first and " + std::to_string(keys_.size()) + " of the second are given"};
    }
    for (std::size_t i = 0; i < chains_.size(); ++i) options_.certificates.push_back({chains_[i], keys_[i]});
    if (!chains_.empty() && !options_.uses_tls()) {
        return UsageError{"--tls-cert has no address to be shown at: --bind https://ADDRESS:PORT gives one"};
    }
    if (!options_.uses_tls() && (options_.site.redirect_https || options_.site.hsts_s)) {
        return UsageError{std::string(options_.site.redirect_https ? "--redirect-https" : "--hsts") +
                          " needs an https address: --bind https://ADDRESS:PORT gives one"};
    }
    if (!options_.uses_tls() && !options_.client_ca_file.empty()) {
        return UsageError{"--tls-client-ca needs an https address: --bind https://ADDRESS:PORT gives one"};
    }
    if (options_.uses_tls() && !has_encryption()) {
        return UsageError{"this build has no TLS: it was made without OpenSSL (libssl-dev), which https:// needs"};
    }
    return std::nullopt;
}

std::expected<Options, UsageError> OptionReader::finish() {
    const bool is_served = options_.action == Action::serve || options_.action == Action::test;
    if (options_.directory.empty() && is_served) {
        return std::unexpected(
            UsageError{"no directory given: name the directory to serve (\".\" for the working directory)"});
    }
    options_.server.http2 = options_.server.http2 && server::http2::is_built_in();
    if (options_.server.proxy_protocol != net::ProxyVersions::none && options_.server.trusted_proxies.empty()) {
        return std::unexpected(
            UsageError{"--proxy-protocol believes only proxies that are named: --trusted-proxy RANGE names them"});
    }
    // What one client may not have at once is too large by itself. So a client learns it with the largest size.
    site::SiteConfig& site = options_.site;
    if (const std::uint64_t most = site.max_upload_bytes_per_client; most > 0) {
        if (site.max_body.bytes() == 0 || site.max_body.bytes() > most) site.max_body = handler::SizeLimit(most);
    }
    if (auto error = bind_addresses()) return std::unexpected(std::move(*error));
    if (auto error = pair_certificates()) return std::unexpected(std::move(*error));
    if (auto error = settle_grants(options_, follows_links_)) return std::unexpected(std::move(*error));
    if (options_.daemon && (options_.server.access_log == "-" || options_.server.audit_log == "-")) {
        return std::unexpected(UsageError{
            "--daemon closes standard output: --access-log and --audit-log take a file name or off with it"});
    }
    if (options_.action == Action::signal && options_.pidfile.empty()) {
        return std::unexpected(UsageError{"--signal needs --pidfile FILE: it says which server is meant"});
    }
    return std::move(options_);
}

}  // namespace app
