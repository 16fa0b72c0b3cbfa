// What the router has for WebDAV alone. Without --dav its methods are like any that nobody ever heard of.
#include "handler/error_page.h"
#include "site/if_fields.h"
#include "site/router.h"

namespace site {

using http::Method;
using Kind = handler::Resource::Kind;

bool Router::is_known(Method method) const {
    switch (method) {
        case Method::unknown: return false;
        case Method::propfind:
        case Method::proppatch:
        case Method::lock:
        case Method::unlock: return config_.speaks_dav;
        case Method::get:
        case Method::head:
        case Method::post:
        case Method::put:
        case Method::del:
        case Method::options:
        case Method::patch:
        case Method::mkcol:
        case Method::copy:
        case Method::move:
        case Method::trace:
        case Method::connect: return true;
    }
    return false;
}

/// RFC 4918 §10.1; the other field is for Windows.
void Router::advertise_dav(const handler::Resource& resource, http::Response& response) const {
    if (!config_.speaks_dav || (resource.kind != Kind::server && !resource.is_below_root())) return;
    response.add("DAV", config_.allows_writing() ? "1, 2" : "1");
    response.add("MS-Author-Via", "DAV");
}

/// What the field is about is found out once, for whoever asks about it.
handler::Decision Router::route_with_if(const Call& call) {
    auto field = find_if_field(call.request, call.resource.path, resources_, config_.path_prefix);
    if (!field) return handler::refusal_response(&call.request, field.error());
    if (!field->tokens.empty()) {
        if (const auto unread = targets_.locking.find_unread()) {
            return handler::refusal_response(&call.request, *unread);
        }
    }
    http::Request request = call.request;
    request.if_field = std::make_shared<const http::IfField>(std::move(*field));
    return route({request, call.resource, call.rights});
}

/// The file of records, as it stands in its folder, has the properties of a file.
handler::Decision Router::find_properties(const Call& call) {
    const bool is_records = call.resource.kind == Kind::records;
    return targets_.properties.find(call.request, is_records ? config_.records_file : call.resource.path);
}

}  // namespace site
