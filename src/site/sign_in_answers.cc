// Which answers depend on who asked follows from the grants alone: an answer is never public because a guest got it.
#include "site/sign_in_answers.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "handler/error_page.h"
#include "site/cross_site.h"

namespace site {
namespace {

using handler::Resource;
using http::Status;

/// Browsers ask for a name and a password at the first one that they know.
constexpr std::string_view kBasic = R"(Basic realm="godwit", charset="UTF-8")";
constexpr std::string_view kBearer = R"(Bearer realm="godwit")";

bool has_rights_of_its_own(const Resource& resource) {
    return resource.is_below_root() || resource.kind == Resource::Kind::records ||
           resource.kind == Resource::Kind::record || resource.kind == Resource::Kind::upload;
}

bool is_prompted(const Resource& resource, const SiteConfig& config) {
    return has_rights_of_its_own(resource) && config.asks_to_sign_in_at(resource.path);
}

/// True when another client could get another answer about `resource`.
bool depends_on_user(const Resource& resource, const SiteConfig& config) {
    if (config.grants == nullptr || !has_rights_of_its_own(resource)) return false;
    if (is_prompted(resource, config)) return true;
    if (!config.grants->is_same_for_all(resource.path)) return true;
    // A listing leaves out what its reader may not know of.
    const bool is_listing = resource.kind == Resource::Kind::directory || resource.kind == Resource::Kind::root;
    return is_listing && config.grants->has_places_below(resource.path);
}

std::string sentence_of(const http::Response& refused) {
    std::string text(refused.reason);
    while (text.ends_with('.')) text.pop_back();
    if (!text.empty()) text += "; ";
    return text + "signing in may help: with a name and a password (Basic), or with a token (Bearer).";
}

/// The directives of `value` without those that `private` contradicts.
void add_directives(std::string& out, std::string_view value) {
    while (!value.empty()) {
        const std::size_t end = std::min(value.find(','), value.size());
        const std::string_view each = base::trim_blanks(value.substr(0, end));
        value.remove_prefix(std::min(end + 1, value.size()));
        const bool is_for_shared = base::equals_ignoring_case(each, "public") || each.starts_with("s-maxage") ||
                                   base::equals_ignoring_case(each, "private");
        if (!each.empty() && !is_for_shared) out.append(", ").append(each);
    }
}

}  // namespace

bool must_sign_in(const http::Request& request, const Resource& resource, const SiteConfig& config) {
    return request.user == nullptr && is_prompted(resource, config) && !is_preflight(request);
}

void ask_to_sign_in(const http::Request& request, const Resource& resource, const SiteConfig& config,
                    http::Response& response) {
    const bool may_help = response.status == Status::forbidden && request.user == nullptr &&
                          depends_on_user(resource, config) &&
                          (http::is_safe(request.method) || !find_cross_site_fault(request, config));
    if (may_help) {
        const std::string_view reason = response.reason;
        response = handler::error_response(&request, Status::unauthorized, sentence_of(response));
        response.reason = reason;
    }
    if (response.status != Status::unauthorized) return;
    response.add("WWW-Authenticate", kBasic);
    response.add("WWW-Authenticate", kBearer);
}

void keep_private(const Resource& resource, const SiteConfig& config, http::Response& response) {
    if (response.status != Status::unauthorized && !depends_on_user(resource, config)) return;
    std::string directives = "private";
    http::FieldList fields;
    const auto take = [&](const http::FieldView& field) {
        if (base::equals_ignoring_case(field.name, "Cache-Control")) {
            add_directives(directives, field.value);
        } else {
            fields.add(field.name, field.value);
        }
    };
    // The prepared fields are shared with answers to others, so they are copied.
    for (const http::FieldView field : response.prepared.fields) take(field);
    for (const http::FieldView field : response.fields) take(field);
    response.prepared = {};
    response.fields = std::move(fields);
    response.add("Cache-Control", directives);
    response.add("Vary", "Authorization");
}

}  // namespace site
