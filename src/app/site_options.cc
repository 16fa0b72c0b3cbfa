// Rights, storage and what web sites ask for. Values of several parts are read in site_values.
#include "app/site_options.h"

#include <algorithm>
#include <utility>

#include "access_control/grants.h"
#include "app/option_values.h"
#include "app/site_values.h"
#include "dav/xml_reader.h"
#include "storage/file_root.h"

namespace app {

namespace {

constexpr std::uint64_t kYearSeconds = 31'536'000;

Objection take_records(std::string_view value, site::SiteConfig& site) {
    site.are_records_named = true;
    if (value == "off") {
        site.records_path.clear();
        return std::nullopt;
    }
    const std::size_t equals = value.find('=');
    if (equals == std::string_view::npos) return "";
    site.records_path = value.substr(0, equals);
    site.records_file = value.substr(equals + 1);
    if (!site.records_file.starts_with('/')) site.records_file.insert(0, "/");
    const auto names_file = [](std::string_view path) {
        return path.size() > 1 && path.starts_with('/') && !path.ends_with('/') && !storage::is_hidden(path);
    };
    return taken_if(names_file(site.records_path) && names_file(site.records_file));
}

Objection take_on_conflict(std::string_view value, site::SiteConfig& site) {
    if (value == "refuse")
        site.on_conflict = storage::OnConflict::refuse;
    else if (value == "rename")
        site.on_conflict = storage::OnConflict::rename;
    else if (value == "replace")
        site.on_conflict = storage::OnConflict::replace;
    else
        return "";
    return std::nullopt;
}

Objection take_symlinks(std::string_view value, site::SiteConfig& site) {
    if (value == "inside")
        site.symlinks = storage::Symlinks::inside;
    else if (value == "none")
        site.symlinks = storage::Symlinks::none;
    else if (value == "all")
        site.symlinks = storage::Symlinks::all;
    else
        return "";
    return std::nullopt;
}

Objection take_dot_files(std::string_view value, site::SiteConfig& site) {
    if (value == "hide")
        site.dot_files = storage::DotFiles::hide;
    else if (value == "write")
        site.dot_files = storage::DotFiles::write;
    else if (value == "serve")
        site.dot_files = storage::DotFiles::serve;
    else
        return "";
    return std::nullopt;
}

Objection take_durability(std::string_view value, site::SiteConfig& site) {
    if (value == "full")
        site.durability = storage::Durability::full;
    else if (value == "none")
        site.durability = storage::Durability::none;
    else
        return "";
    return std::nullopt;
}

Objection take_index(std::string_view value, site::SiteConfig& site) {
    // Dot-files are never served, so such an index would make every directory a 404.
    if (value.empty() || value.front() == '.' || value.find('/') != std::string_view::npos) return "";
    site.index_name = value;
    return std::nullopt;
}

template <typename Rule>
Objection take_rule(std::expected<Rule, std::string> rule, std::vector<Rule>& rules) {
    if (!rule) return std::move(rule.error());
    if (rules.size() == kMaxRules) return "there are " + std::to_string(kMaxRules) + " of them already, the most";
    rules.push_back(std::move(*rule));
    return std::nullopt;
}

Objection take_allowed_host(std::string_view value, site::SiteConfig& site) {
    if (value != "*") return take_rule(parse_host_name(value), site.allowed_hosts);
    site.answers_any_host = true;
    return std::nullopt;
}

Objection take_path_prefix(std::string_view value, site::SiteConfig& site) {
    if (value == "/" || !access_control::is_plain_path(value)) return "";
    if (value.ends_with('/')) value.remove_suffix(1);
    site.path_prefix = value;
    return std::nullopt;
}

Objection take_error_page(std::string_view value, site::SiteConfig& site) {
    auto page = parse_error_page(value);
    if (page) {
        const auto earlier = std::ranges::find(site.error_pages, page->status, &site::ErrorPage::status);
        if (earlier != site.error_pages.end()) return "this code has a page already";
    }
    return take_rule(std::move(page), site.error_pages);
}

Objection take_cors(std::string_view value, site::Cors& cors) {
    if (value == "*") {
        cors.any_origin = true;
        return std::nullopt;
    }
    return take_rule(parse_origin(value), cors.origins);
}

}  // namespace

Objection apply_site_option(OptionId id, std::string_view value, site::SiteConfig& site) {
    switch (id) {
        case id_allowed_host: return take_allowed_host(value, site);
        case id_allow_upload: site.allow_upload = true; return std::nullopt;
        case id_allow_replace: site.allow_upload = site.allow_replace = true; return std::nullopt;
        case id_allow_delete: site.allow_delete = true; return std::nullopt;
        case id_allow_all: site.allow_upload = site.allow_replace = site.allow_delete = true; return std::nullopt;
        case id_allow_well_known: site.allow_well_known = true; return std::nullopt;
        case id_trust_uploads: site.trusts_uploads = true; return std::nullopt;
        case id_no_listing: site.listing = false; return std::nullopt;
        case id_no_builtin: site.builtin = false; return std::nullopt;
        case id_path_prefix: return take_path_prefix(value, site);
        case id_index: return take_index(value, site);
        case id_symlinks: return take_symlinks(value, site);
        case id_dot_files: return take_dot_files(value, site);
        case id_durability: return take_durability(value, site);
        case id_records: return take_records(value, site);
        case id_on_conflict: return take_on_conflict(value, site);
        case id_keep_mtime: site.keep_mtime = true; return std::nullopt;
        case id_dav:
            site.speaks_dav = dav::has_xml_reader();
            if (!site.speaks_dav) return "this build has no WebDAV: it needs expat (libexpat1-dev)";
            return std::nullopt;
        case id_upload_expiry: {
            const auto expiry_ms = parse_seconds(value, 0, static_cast<std::int64_t>(kYearSeconds) * 1000);
            if (!expiry_ms) return "";
            site.upload_expiry_s = (*expiry_ms + 999) / 1000;
            return std::nullopt;
        }
        case id_compression_level: return store(site.compression_level, parse_number(value, 0, 9));
        case id_cache_size: return store(site.cache_bytes, parse_size(value));
        case id_min_free: return store(site.min_free_bytes, parse_size(value));
        default: return "";
    }
}

Objection apply_web_option(OptionId id, std::string_view value, site::SiteConfig& site) {
    switch (id) {
        case id_spa: site.spa = true; return std::nullopt;
        case id_clean_urls: site.clean_urls = true; return std::nullopt;
        case id_error_page: return take_error_page(value, site);
        case id_charset: return take_rule(parse_charset_rule(value), site.charsets);
        case id_header: return take_rule(parse_header_rule(value), site.headers);
        case id_cache_control: return take_rule(parse_cache_rule(value), site.cache_rules);
        case id_cors: return take_cors(value, site.cors);
        default: return "";
    }
}

}  // namespace app
