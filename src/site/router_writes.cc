// The functions of the route table's rows that change something.
#include <sys/stat.h>

#include <expected>
#include <string>
#include <utility>

#include "handler/error_page.h"
#include "site/router.h"

namespace site {
namespace {

using handler::Right;
using http::Refusal;
using http::Status;

constexpr Refusal kOnlyOneFile{Status::forbidden, "one file alone is served here, under its own name."};
constexpr Refusal kNoUploads = http::missing_right("nothing may be uploaded here.");

}  // namespace

handler::Decision Router::store(const Call& call) {
    if (makes_share(call)) return targets_.shares.make(call.request, call.resource, call.rights);
    return targets_.uploads.handle(call.request, call.resource.path);
}

handler::Decision Router::post_to_directory(const Call& call) {
    if (makes_share(call)) return targets_.shares.make(call.request, call.resource, call.rights);
    const auto action = uploads::DirectoryActions::find_action(call.request.query());
    if (action) return targets_.directories.act(call.request, call.resource.path, *action);
    if (!call.rights.has(Right::create)) {
        return handler::refusal_response(&call.request, kNoUploads);
    }
    return targets_.uploads.handle(call.request, call.resource.path);
}

/// Programs that speak WebDAV name a folder without its slash, too (RFC 4918 §5.2).
std::string Router::source_of(const Call& call) const {
    std::string path(call.resource.path);
    if (!config_.speaks_dav || path.ends_with('/')) return path;
    const auto found = root_.stat_name_inside(path);
    if (found && S_ISDIR(found->st_mode)) path.push_back('/');
    return path;
}

handler::Decision Router::remove(const Call& call) { return targets_.deletes.handle(call.request, source_of(call)); }

/// Where a move or a copy leads. A directory is asked for with a slash, so its location has one.
std::expected<FoundDestination, Refusal> Router::destination_of(const Call& call, std::string_view source) const {
    if (!config_.only_path.empty()) return std::unexpected(kOnlyOneFile);
    auto destination = find_destination(call.request, resources_, config_.path_prefix);
    const bool is_directory = source.ends_with('/');
    if (destination && is_directory && !destination->location.ends_with('/')) destination->location.push_back('/');
    return destination;
}

handler::Decision Router::move(const Call& call) {
    const std::string source = source_of(call);
    auto destination = destination_of(call, source);
    if (!destination) return handler::refusal_response(&call.request, destination.error());
    return targets_.moves.handle(call.request, source, destination->path, std::move(destination->location));
}

handler::Decision Router::copy(const Call& call) {
    if (!config_.allow_upload) {
        return handler::method_not_allowed(call.request, allowed(call.resource, call.rights),
                                           "nothing may be uploaded here");
    }
    const std::string source = source_of(call);
    auto destination = destination_of(call, source);
    if (!destination) return handler::refusal_response(&call.request, destination.error());
    return targets_.copies.handle(
        call.request,
        {.source = source, .destination = destination->path, .location = std::move(destination->location)});
}

handler::Decision Router::change_properties(const Call& call) {
    return targets_.property_changes.change(call.request, call.resource.path);
}

handler::Decision Router::make_directory(const Call& call) {
    return targets_.directories.create(call.request, call.resource.path, allowed(call.resource, call.rights));
}

}  // namespace site
