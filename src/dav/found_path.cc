// A device is not touched, because the name is looked at and not opened.
#include "dav/found_path.h"

#include <cerrno>

#include "http/target.h"

namespace dav {
namespace {

using http::Refusal;
using http::Status;

constexpr Refusal kNothingThere{Status::not_found, "there is nothing at this path."};
constexpr Refusal kDenied{Status::forbidden, "the server has no permission to read this."};
constexpr Refusal kExhausted{Status::service_unavailable, "the server has no file descriptors or memory left for now."};
constexpr Refusal kUnreadable{Status::internal_server_error, "this could not be read from the disk."};

}  // namespace

Refusal path_refusal(storage::FileError error) {
    if (error.is_absence()) return kNothingThere;
    switch (error.number) {
        case EACCES:
        case EPERM: return kDenied;
        case EMFILE:
        case ENFILE:
        case ENOMEM: return kExhausted;
        default: return kUnreadable;
    }
}

std::expected<FoundPath, Refusal> find_path(const storage::FileRoot& root, std::string_view path) {
    const auto there = root.find(path);
    if (!there) return std::unexpected(path_refusal(there.error()));
    FoundPath found{.path = std::string(path), .status = there->status, .passes_link = there->passes_link};
    if (found.is_directory()) {
        if (!found.path.ends_with('/')) found.path.push_back('/');
        return found;
    }
    if (!S_ISREG(found.status.st_mode) || path.ends_with('/')) return std::unexpected(kNothingThere);
    return found;
}

handler::Rights rights_of(const handler::RightsRules& rules, const http::Request& request, std::string_view path) {
    const auto kind = path.ends_with('/') ? handler::Resource::Kind::directory : handler::Resource::Kind::file;
    return rules.resolve_rights({kind, path}, handler::Client::of(request));
}

std::string href_of(const http::Request& request, bool is_directory) {
    std::string href = http::encode_path(request.client_path(request.path()));
    if (is_directory && !href.ends_with('/')) href.push_back('/');
    return href;
}

http::Response multistatus_response() {
    http::Response response;
    response.status = Status::multi_status;
    response.add("Content-Type", "application/xml; charset=utf-8");
    response.add("Cache-Control", "no-cache");
    return response;
}

}  // namespace dav
