// Error pages come first, because they change the content; then the fields.
#include "site/decoration.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "base/ascii.h"
#include "site/cross_site.h"
#include "site/https_redirect.h"

namespace site {
namespace {

using files::Representation;
using http::Coding;
using http::FieldName;
using http::Status;

/// How many seconds a browser may reuse a preflight's answer: short enough that changed options are noticed soon.
constexpr std::string_view kPreflightSeconds = "600";
/// The most bytes of Access-Control-Request-Headers; real ones have less than 200.
constexpr std::size_t kMostEchoedBytes = 1024;
/// The fields that scripts of other sites may read besides the safelisted ones (Fetch, CORS-safelisted response-header
/// name).
constexpr std::string_view kExposed =
    "Accept-Ranges, Content-Digest, Content-Disposition, Content-Encoding, Content-Range, ETag, Location, Repr-Digest, "
    "Retry-After, Upload-Complete, Upload-Draft-Interop-Version, Upload-Length, Upload-Limit, Upload-Offset";

constexpr std::string_view kPolicy = "Content-Security-Policy";

/// Removes the fields of the content that is replaced.
bool describes_content(std::string_view name) {
    static constexpr auto kNames = std::to_array<std::string_view>(
        {"Accept-Ranges", "Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language",
         "Content-Security-Policy", "Content-Type", "ETag", "Last-Modified", "X-Content-Type-Options"});
    return std::ranges::any_of(kNames, [&](std::string_view own) { return base::equals_ignoring_case(own, name); });
}

/// Content-Language and the like are about what is sent: not for a 304, nor for a refusal (RFC 9110 §15.4.5).
bool is_of_content(std::string_view name) {
    constexpr std::string_view kPrefix = "content-";
    return base::equals_ignoring_case(name.substr(0, kPrefix.size()), kPrefix) &&
           !base::equals_ignoring_case(name.substr(0, kPolicy.size()), kPolicy);
}

bool is_list_of_names(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return base::is_token_char(c) || base::is_blank(c) || c == ','; });
}

/// A script may use the methods that everybody may use: those in Allow, which the router wrote.
void answer_preflight(const http::Request& request, http::Response& response) {
    if (const auto allow = response.find("Allow")) {
        response.add("Access-Control-Allow-Methods", std::string(*allow));
    }
    std::string storage;
    const auto wanted = request.find_list(FieldName::access_control_request_headers, storage);
    if (wanted && !wanted->empty() && wanted->size() <= kMostEchoedBytes && is_list_of_names(*wanted)) {
        response.add("Access-Control-Allow-Headers", *wanted);
    }
    response.add("Access-Control-Max-Age", kPreflightSeconds);
}

}  // namespace

Decoration::Decoration(const SiteConfig& config, const storage::FileRoot& root, const Resources& resources,
                       files::RepresentationCache& cache)
    : root_(root),
      resources_(resources),
      cache_(cache),
      headers_(config.headers),
      hsts_(config.hsts_s ? "max-age=" + std::to_string(*config.hsts_s) : std::string()),
      cache_rules_(config.cache_rules),
      error_pages_(config.error_pages),
      cors_(config.cors) {
    // A rule for "/files/up/" is meant for the files below "/up/".
    for (HeaderRule& rule : headers_) {
        rule.path_prefix = std::string(resources_.find(rule.path_prefix).path);
        has_prefixes_ = has_prefixes_ || rule.path_prefix != "/";
    }
}

bool Decoration::is_wanted(const SiteConfig& config) {
    return !config.headers.empty() || !config.cache_rules.empty() || !config.error_pages.empty() || config.cors.on() ||
           config.hsts_s.has_value();
}

void Decoration::apply(const http::Request* request, http::Response& response) const {
    // The page for signing in stays, whatever its status: a person needs it then.
    const bool signs_in = response.is_personal && response.status != Status::forbidden;
    const bool is_refusal = http::code(response.status) >= 400 && !signs_in;
    if (!error_pages_.empty() && is_refusal) take_error_page(request, response);
    std::string real;
    Paths paths;
    if (request != nullptr && has_rules_by_path()) paths = find_paths(*request, response, real);
    add_configured(paths, response);
    // Over plain HTTP anybody could have added it, so browsers ignore it there (RFC 6797 §8.1).
    if (!hsts_.empty() && request != nullptr && is_secured(*request)) response.add("Strict-Transport-Security", hsts_);
    if (!cache_rules_.empty() && request != nullptr) add_cache_control(*request, paths, response);
    if (cors_.on()) add_cors(request, response);
}

/// Answers with a file bring its path along. For others, such as listings, refusals and answers to writes, it is looked
/// up.
Decoration::Paths Decoration::find_paths(const http::Request& request, const http::Response& response,
                                         std::string& real) const {
    const handler::Resource resource = resources_.find(request);
    if (!response.prepared.path.empty()) return {resource.path, response.prepared.path};
    if (resource.is_below_root() && resource.path.starts_with('/')) {
        real = root_.find_real_path(resource.path).value_or(std::string());
    }
    return {resource.path, real};
}

void Decoration::take_error_page(const http::Request* request, http::Response& response) const {
    const auto page = std::ranges::find(error_pages_, response.status, &ErrorPage::status);
    if (page == error_pages_.end()) return;
    const auto found = cache_.find(page->path, request == nullptr ? UINT64_MAX : request->arrival);
    if (!found || (*found)->kind() != Representation::Kind::file) return;  // the built-in sentence stays
    // The fields about the refusal stay: Allow, Retry-After, Content-Range, Vary.
    http::FieldList kept;
    const auto keep = [&](const http::FieldView& field) {
        // The built-in sentence has two forms, the page has one.
        const bool is_of_forms = base::equals_ignoring_case(field.name, "Vary") && field.value == "Accept";
        if (!describes_content(field.name) && !is_of_forms) kept.add(field.name, field.value);
    };
    for (const http::FieldView field : response.prepared.fields) keep(field);
    for (const http::FieldView field : response.fields) keep(field);
    response.prepared.fields = {};
    response.fields = std::move(kept);
    response.add("Content-Type", (*found)->media_type());
    response.add("X-Content-Type-Options", "nosniff");
    if ((*found)->is_confined()) response.add(kPolicy, files::kConfinement);
    if (request != nullptr && request->method == http::Method::head) {
        response.body = {};
        response.stated_length = (*found)->length();
    } else {
        response.stated_length.reset();
        Representation::send_whole(*found, Coding::identity, response.body);
    }
}

void Decoration::add_configured(const Paths& paths, http::Response& response) const {
    const bool has_content = response.status == Status::ok || response.status == Status::partial_content;
    for (const HeaderRule& rule : headers_) {
        const bool is_for_it = rule.path_prefix == "/" || paths.asked.starts_with(rule.path_prefix) ||
                               paths.served.starts_with(rule.path_prefix);
        if (!is_for_it) continue;
        if (is_of_content(rule.name) && !has_content) continue;
        const auto present = response.find(rule.name);
        // Browsers enforce every policy that they get, so another one loosens nothing.
        const bool is_further_policy = present == files::kConfinement && base::equals_ignoring_case(rule.name, kPolicy);
        if (!present || is_further_policy) response.add(rule.name, rule.value);
    }
}

/// Files have theirs already, by their own path, and listings say no-cache. This is for other answers, and for files
/// that only the request's path has a rule for.
void Decoration::add_cache_control(const http::Request& request, const Paths& paths, http::Response& response) const {
    if (request.method != http::Method::get && request.method != http::Method::head) return;
    const bool takes_it = response.status == Status::ok || response.status == Status::partial_content ||
                          response.status == Status::not_modified;
    if (!takes_it || response.find("Cache-Control")) return;
    std::string_view value = cache_rules_.find(paths.served);
    if (value.empty()) value = cache_rules_.find(paths.asked);
    if (!value.empty()) response.add("Cache-Control", value);
}

void Decoration::add_cors(const http::Request* request, http::Response& response) const {
    const auto origin = request == nullptr ? std::nullopt : request->find(FieldName::origin);
    if (cors_.any_origin) {
        response.add("Access-Control-Allow-Origin", "*");
    } else {
        // Also for requests without Origin: a cache must not reuse their response for a request with one.
        response.add("Vary", "Origin");
        if (!origin || !cors_.allows(*origin)) return;
        response.add("Access-Control-Allow-Origin", *origin);
    }
    if (request != nullptr && is_preflight(*request)) {
        answer_preflight(*request, response);
    } else {
        response.add("Access-Control-Expose-Headers", kExposed);
    }
}

}  // namespace site
