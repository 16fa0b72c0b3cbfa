// Fields, cache directives, error pages, origins and host names as they stand on the command line.
#include "app/site_values.h"

#include <algorithm>
#include <array>

#include "app/option_values.h"
#include "base/ascii.h"
#include "http/target.h"
#include "storage/file_root.h"

namespace app {

namespace {

using std::unexpected;

bool is_token(std::string_view text) { return !text.empty() && std::ranges::all_of(text, base::is_token_char); }

/// field-content of RFC 9110 §5.5, without the blanks that are cut off at its ends.
bool is_field_value(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c == '\t' || !base::is_control(c); });
}

/// Fields that the server sends itself, and the options that set them.
struct OwnField {
    std::string_view name;
    std::string_view option;
};
constexpr auto kOwnFields = std::to_array<OwnField>({
    {"accept-ranges", ""},
    {"allow", ""},
    {"cache-control", "--cache-control"},
    {"connection", ""},
    {"content-digest", ""},
    {"content-encoding", ""},
    {"content-length", ""},
    {"content-location", ""},
    {"content-range", ""},
    {"content-type", "--mime-types"},
    {"date", ""},
    {"etag", ""},
    {"expect", ""},
    {"host", ""},
    {"keep-alive", ""},
    {"last-modified", ""},
    {"location", ""},
    {"proxy-connection", ""},
    {"repr-digest", ""},
    {"retry-after", ""},
    {"server", ""},
    {"te", ""},
    {"trailer", ""},
    {"transfer-encoding", ""},
    {"upgrade", ""},
    {"x-content-type-options", ""},
});

/// The message about a name that cannot be configured; empty when it can.
std::string objection_to_name(std::string_view name) {
    std::string lower(name);
    std::ranges::transform(lower, lower.begin(), base::to_lower);
    if (lower.starts_with("access-control-")) return "--cors sets the Access-Control fields";
    if (lower.starts_with("upload-")) return "the server sets the Upload fields itself";
    for (const OwnField& own : kOwnFields) {
        if (own.name != lower) continue;
        if (!own.option.empty()) return std::string(own.option) + " sets " + printable(name);
        return "the server sets " + printable(name) + " itself";
    }
    return {};
}

}  // namespace

std::expected<site::HeaderRule, std::string> parse_header_rule(std::string_view text) {
    site::HeaderRule rule{.path_prefix = "/", .name = {}, .value = {}};
    if (text.starts_with('/')) {
        const std::size_t blank = text.find(' ');
        if (blank == std::string_view::npos) return unexpected("there is no field behind the prefix");
        rule.path_prefix = text.substr(0, blank);
        text = base::trim_blanks(text.substr(blank));
    }
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return unexpected("there is no colon behind the field's name");
    rule.name = text.substr(0, colon);
    rule.value = base::trim_blanks(text.substr(colon + 1));
    if (!is_token(rule.name)) {
        return unexpected("\"" + printable(rule.name) + "\" is no field name (letters, digits and !#$%&'*+-.^_`|~)");
    }
    if (auto objection = objection_to_name(rule.name); !objection.empty()) return unexpected(std::move(objection));
    if (rule.value.empty()) return unexpected("the value is empty");
    if (!is_field_value(rule.value)) return unexpected("the value holds a control byte");
    if (rule.value.size() > kMaxFieldValueBytes) {
        return unexpected("the value is longer than " + std::to_string(kMaxFieldValueBytes) + " bytes");
    }
    return rule;
}

std::expected<files::CharsetRule, std::string> parse_charset_rule(std::string_view text) {
    files::CharsetRule rule{.path_prefix = "/", .charset = {}};
    if (text.starts_with('/')) {
        const std::size_t blank = text.find(' ');
        if (blank == std::string_view::npos) return unexpected("there is no charset behind the prefix");
        rule.path_prefix = text.substr(0, blank);
        text = base::trim_blanks(text.substr(blank));
    }
    rule.charset = text;
    if (!is_token(rule.charset)) return unexpected("\"" + printable(text) + "\" is no charset");
    return rule;
}

std::expected<std::vector<media::CodedName>, std::string> parse_coded_names(std::string_view text) {
    struct Ending {
        std::string_view ending;
        std::string_view coding;
    };
    static constexpr auto kEndings = std::to_array<Ending>({{"gz", "gzip"}, {"br", "br"}, {"zst", "zstd"}});
    std::vector<media::CodedName> names;
    while (!text.empty()) {
        const std::size_t comma = text.find(',');
        std::string name(base::trim_blanks(text.substr(0, comma)));
        text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
        std::ranges::transform(name, name.begin(), base::to_lower);
        const std::size_t dot = name.rfind('.');
        const bool is_name = dot != std::string::npos && dot > 0 && is_token(name);
        const auto found = is_name
                               ? std::ranges::find(kEndings, std::string_view(name).substr(dot + 1), &Ending::ending)
                               : kEndings.end();
        if (found == kEndings.end()) return unexpected("\"" + printable(name) + "\" is no such name");
        names.push_back({"." + name, name.substr(0, dot), std::string(found->coding)});
    }
    if (names.empty()) return unexpected("there is no name");
    return names;
}

std::expected<files::CacheRule, std::string> parse_cache_rule(std::string_view text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) return unexpected("there is no = behind the pattern");
    files::CacheRule rule{.pattern = std::string(text.substr(0, equals)),
                          .value = std::string(base::trim_blanks(text.substr(equals + 1)))};
    if (rule.pattern.empty()) return unexpected("the pattern is empty");
    if (!rule.pattern.starts_with('/') && rule.pattern.find('/') != std::string::npos) {
        return unexpected("a pattern with a slash begins with one (\"/" + printable(rule.pattern) +
                          "\"), any other is compared with the last part of the path");
    }
    const bool begins_directive = !rule.value.empty() && base::is_token_char(rule.value.front());
    if (!begins_directive || !is_field_value(rule.value) || rule.value.size() > kMaxFieldValueBytes) {
        return unexpected("\"" + printable(rule.value) + "\" is no value of Cache-Control");
    }
    return rule;
}

std::expected<site::ErrorPage, std::string> parse_error_page(std::string_view text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) return unexpected("there is no = behind the code");
    const auto code = parse_number(text.substr(0, equals), 400, 599);
    if (!code) return unexpected("the code is a number from 400 to 599");
    site::ErrorPage page{.status = static_cast<http::Status>(*code), .path = std::string(text.substr(equals + 1))};
    if (http::reason_phrase(page.status).empty()) {
        return unexpected("godwit never answers " + std::to_string(*code));
    }
    if (!page.path.starts_with('/')) page.path.insert(0, "/");
    // In the form of a request's path, in which dot-segments are resolved.
    if (page.path.ends_with('/') || page.path.find("//") != std::string::npos || storage::is_hidden(page.path)) {
        return unexpected("the file's path ends in a name, and no part of it begins with a dot");
    }
    return page;
}

std::expected<std::string, std::string> parse_origin(std::string_view text) {
    const std::string_view scheme = text.substr(0, text.find("://"));
    if (scheme != "http" && scheme != "https") return unexpected("an origin begins with http:// or https://");
    const std::string_view host = text.substr(std::min(scheme.size() + 3, text.size()));
    if (host.find('/') != std::string_view::npos) return unexpected("an origin ends behind the host or port");
    if (!http::is_valid_host(host, false)) return unexpected("\"" + printable(host) + "\" is no host");
    if (std::ranges::any_of(host, base::is_upper)) return unexpected("browsers send the host in lower case");
    const bool usual_port = host.ends_with(scheme == "http" ? ":80" : ":443") || host.ends_with(':');
    if (usual_port) return unexpected("browsers leave out the port that is the scheme's own");
    return std::string(text);
}

std::expected<std::string, std::string> parse_host_name(std::string_view text) {
    std::string name(text);
    if (std::ranges::count(text, ':') > 1 && !text.starts_with('[')) name = "[" + name + "]";
    if (!http::is_valid_host(name, false)) return unexpected("this is no host name");
    const std::size_t address_end = name.starts_with('[') ? name.find(']') : 0;
    if (name.find(':', address_end) != std::string::npos) return unexpected("the port does not count: leave it out");
    std::ranges::transform(name, name.begin(), base::to_lower);
    return name;
}

}  // namespace app
