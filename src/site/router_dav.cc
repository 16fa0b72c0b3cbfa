// What the router has for WebDAV alone. Without --dav its methods are like any that nobody ever heard of.
#include "site/router.h"

namespace site {

using http::Method;
using Kind = handler::Resource::Kind;

bool Router::is_known(Method method) const {
    return method != Method::unknown &&
           (config_.speaks_dav || (method != Method::propfind && method != Method::proppatch));
}

/// RFC 4918 §10.1; the other field is for Windows.
void Router::advertise_dav(const handler::Resource& resource, http::Response& response) const {
    if (!config_.speaks_dav || (resource.kind != Kind::server && !resource.is_below_root())) return;
    response.add("DAV", "1");
    response.add("MS-Author-Via", "DAV");
}

/// The file of records, as it stands in its folder, has the properties of a file.
handler::Decision Router::find_properties(const Call& call) {
    const bool is_records = call.resource.kind == Kind::records;
    return targets_.properties.find(call.request, is_records ? config_.records_file : call.resource.path);
}

}  // namespace site
