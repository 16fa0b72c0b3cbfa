// What --test prints: the options in force, each in a line, and where each comes from.
#include <algorithm>
#include <string>
#include <string_view>

#include "app/option_values.h"
#include "app/options.h"
#include "app/sandbox.h"

namespace app {

namespace {

std::string_view on_conflict_text(storage::OnConflict on_conflict) {
    switch (on_conflict) {
        case storage::OnConflict::refuse: return "refuse";
        case storage::OnConflict::rename: return "rename";
        case storage::OnConflict::replace: return "replace";
        case storage::OnConflict::replace_only:
        case storage::OnConflict::keep_content: break;
    }
    return "";
}

std::string_view proxy_versions_text(net::ProxyVersions versions) {
    switch (versions) {
        case net::ProxyVersions::none: return "off";
        case net::ProxyVersions::v1: return "v1";
        case net::ProxyVersions::v2: return "v2";
        case net::ProxyVersions::both: return "v1 or v2";
    }
    return "";
}

std::string_view symlinks_text(storage::Symlinks symlinks) {
    switch (symlinks) {
        case storage::Symlinks::inside: return "inside";
        case storage::Symlinks::none: return "none";
        case storage::Symlinks::all: return "all";
    }
    return "";
}

std::string_view dot_files_text(storage::DotFiles dot_files) {
    switch (dot_files) {
        case storage::DotFiles::hide: return "hidden";
        case storage::DotFiles::write: return "written and not shown";
        case storage::DotFiles::serve: return "served";
    }
    return "";
}

void add_row(std::string& text, std::string_view name, std::string_view value) {
    constexpr std::size_t kColumn = 19;
    text += name;
    text += ':';
    text.append(name.size() + 1 < kColumn ? kColumn - name.size() - 1 : 1, ' ');
    text += value;
    text += '\n';
}

std::string mode_text(mode_t mode) {
    std::string text;
    for (const unsigned shift : {6U, 3U, 0U}) text += static_cast<char>('0' + ((mode >> shift) & 7U));
    return text;
}

std::string limit_text(std::uint64_t bytes) { return bytes == 0 ? "no limit" : size_text(bytes); }

/// Who may do what.
void add_right_rows(std::string& text, const Options& options) {
    const site::SiteConfig& site = options.site;
    add_row(text, "uploads", on_or_off(site.allow_upload));
    if (site.allow_upload) add_row(text, "replacing", on_or_off(site.allow_replace));
    if (site.allow_upload) add_row(text, "uploaded pages", site.trusts_uploads ? "trusted" : "run no scripts");
    if (site.allow_well_known) add_row(text, ".well-known", "written like the rest");
    add_row(text, "deletes", on_or_off(site.allow_delete));
    if (site.speaks_dav) add_row(text, "WebDAV", site.allows_writing() ? "classes 1 and 2" : "class 1");
    if (!options.users_file.empty()) add_row(text, "users", printable(options.users_file, kWholeText));
    for (const std::string& path : options.auth_prompts) add_row(text, "auth prompt", printable(path, kWholeText));
    for (const access_control::Grant& grant : options.grants) {
        add_row(text, "grant", printable(grant.text(), kWholeText));
    }
}

/// Shows only what is configured: most servers have none of it.
void add_web_rows(std::string& text, const Options& options) {
    const site::SiteConfig& site = options.site;
    if (site.spa) add_row(text, "single page", "on");
    if (site.clean_urls) add_row(text, "clean URLs", "on");
    for (const site::ErrorPage& page : site.error_pages) {
        add_row(text, "error page", std::to_string(http::code(page.status)) + " " + printable(page.path, kWholeText));
    }
    for (const site::HeaderRule& rule : site.headers) {
        add_row(text, "header", printable(rule.path_prefix + " " + rule.name + ": " + rule.value, kWholeText));
    }
    for (const files::CacheRule& rule : site.cache_rules) {
        add_row(text, "cache control", printable(rule.pattern + " " + rule.value, kWholeText));
    }
    if (site.cors.any_origin) add_row(text, "cross-origin", "*");
    for (const std::string& origin : site.cors.origins) add_row(text, "cross-origin", origin);
    if (!options.mime_types.empty()) add_row(text, "media types", printable(options.mime_types, kWholeText));
}

/// Of the unix sockets, those of --admin among them, where there are any.
void add_unix_rights(std::string& text, const Options& options) {
    const auto is_local = [](const net::Address& address) { return address.family == net::Family::local; };
    if (std::ranges::none_of(options.server.addresses, is_local) && std::ranges::none_of(options.admin, is_local))
        return;
    std::string rights = mode_text(options.unix_mode);
    if (!options.unix_user.empty()) rights += " " + options.unix_user;
    if (!options.unix_group.empty()) rights += ":" + options.unix_group;
    add_row(text, "unix socket", rights);
}

}  // namespace

std::string describe(const Options& options, const std::string& directory) {
    const server::ServerConfig& server = options.server;
    const site::SiteConfig& site = options.site;
    std::string text;
    add_row(text, "directory", printable(directory, kWholeText));
    add_row(text, "addresses", url_list(server.addresses));
    if (!options.admin.empty()) add_row(text, "admin", url_list(options.admin));
    for (const CertificatePair& pair : options.certificates) {
        add_row(text, "certificate", printable(pair.chain + " with " + pair.key, kWholeText));
    }
    if (options.uses_tls() && options.certificates.empty()) add_row(text, "certificate", "made for this run");
    if (!options.client_ca_file.empty()) add_row(text, "client CA", printable(options.client_ca_file, kWholeText));
    if (site.redirect_https) add_row(text, "plain requests", "led to https");
    if (site.hsts_s) add_row(text, "hsts", std::to_string(*site.hsts_s) + " s");
    if (site.answers_any_host) add_row(text, "allowed host", "any");
    for (const std::string& name : site.allowed_hosts) add_row(text, "allowed host", name);
    add_right_rows(text, options);
    if (!site.path_prefix.empty()) add_row(text, "path prefix", printable(site.path_prefix, kWholeText));
    add_row(text, "index", site.index_name);
    add_row(text, "listings", on_or_off(site.listing));
    add_row(text, "built-in", on_or_off(site.builtin));
    add_row(text, "records", site.serves_records() ? site.records_path + " in " + site.records_file : "off");
    if (site.allow_upload) {
        add_row(text, "on conflict", on_conflict_text(site.on_conflict));
        if (site.keep_mtime) add_row(text, "Last-Modified", "of an upload is its file's time");
        add_row(text, "resumable uploads",
                site.upload_expiry_s == 0 ? "off" : "kept for " + std::to_string(site.upload_expiry_s) + " s");
    }
    add_row(text, "symlinks", symlinks_text(site.symlinks));
    add_row(text, "dot-files", dot_files_text(site.dot_files));
    add_row(text, "compression",
            site.compression_level == 0 ? "off" : "level " + std::to_string(site.compression_level));
    add_row(text, "memory", size_text(server.memory_bytes) + ", of it the cache " + size_text(options.cache_bytes()));
    add_row(text, "durability", site.durability == storage::Durability::full ? "full" : "none");
    add_row(text, "min free", size_text(site.min_free_bytes));
    add_row(text, "max body", limit_text(site.max_body.bytes()));
    add_row(
        text, "max connections",
        std::to_string(server.max_connections) + ", of one client " + std::to_string(server.connections_per_client()));
    add_row(text, "of one client",
            std::to_string(server.requests_per_client()) + " requests, " + std::to_string(site.max_forms_per_client) +
                " forms, " + std::to_string(site.max_uploads_per_client) + " unfinished uploads" +
                (site.max_upload_bytes_per_client == 0 ? std::string()
                                                       : " with " + size_text(site.max_upload_bytes_per_client)));
    for (const net::AddressRange& range : server.trusted_proxies) add_row(text, "trusted proxy", range.text());
    if (server.proxy_protocol != net::ProxyVersions::none) {
        add_row(text, "PROXY header", proxy_versions_text(server.proxy_protocol));
    }
    add_row(text, "HTTP/2", on_or_off(server.http2));
    add_row(text, "timeouts",
            "head " + seconds_text(server.header_timeout_ms) + " s, body " + seconds_text(server.body_timeout_ms) +
                " s, write " + seconds_text(server.write_timeout_ms) + " s, keep-alive " +
                seconds_text(server.keep_alive_ms) + " s");
    add_web_rows(text, options);
    add_row(text, "access log", server.access_log.empty() ? "off" : server.access_log);
    add_row(text, "audit log", server.audit_log.empty() ? "off" : server.audit_log);
    add_row(text, "error log", server.error_log);
    if (server.has_request_ids) add_row(text, "request ids", "on");
    add_unix_rights(text, options);
    if (!options.user.empty()) {
        add_row(text, "user", options.group.empty() ? options.user : options.user + ":" + options.group);
    }
    add_row(text, "sandbox", sandbox_text(options.sandbox));
    return text + origins_text(options.words);
}

}  // namespace app
