// The table of methods and endpoints.
#include "site/router.h"

#include <array>
#include <string>

#include "files/static_files.h"
#include "handler/error_page.h"
#include "http/target.h"
#include "listings/page_assets.h"
#include "site/allowed_hosts.h"
#include "site/cross_site.h"

namespace site {
namespace {

using http::Method;
using http::MethodSet;
using http::Status;

constexpr std::string_view kFilesPrefix = "/files/";
constexpr std::string_view kEchoPrefix = "/echo/";
constexpr std::string_view kUserAgentPath = "/user-agent";
constexpr std::string_view kHealthPath = "/healthz";

constexpr std::string_view kUploadsOff = "uploads are off (--allow-upload turns them on)";
constexpr std::string_view kDeletesOff = "deletes are off (--allow-delete turns them on)";

constexpr MethodSet kReading(Method::get, Method::head, Method::options);

/// OPTIONS and what nobody answers are the same everywhere.
bool is_answered_by_records(Method method) {
    return method == Method::get || method == Method::head || method == Method::post || method == Method::put ||
           method == Method::del;
}

/// The path without "/files": "/" at least.
std::string_view below_prefix(std::string_view path) {
    return path.starts_with(kFilesPrefix) ? path.substr(kFilesPrefix.size() - 1) : std::string_view("/");
}

}  // namespace

Router::Router(const storage::FileRoot& root, const SiteConfig& config, const Targets& targets)
    : root_(root), config_(config), targets_(targets), on_(1U << static_cast<unsigned>(Endpoint::files)) {
    if (!config.builtin) return;
    struct Builtin {
        Endpoint endpoint;
        std::string_view entry;  ///< in the root, which takes its place
    };
    static constexpr std::array kBuiltins = {
        Builtin{Endpoint::echo, "/echo"}, Builtin{Endpoint::files_prefix, "/files"},
        Builtin{Endpoint::user_agent, kUserAgentPath}, Builtin{Endpoint::health, kHealthPath}};
    for (const Builtin& builtin : kBuiltins) {
        if (root.stat_name(builtin.entry)) {
            shadowed_.push_back(builtin.entry.substr(1));
        } else {
            on_ |= 1U << static_cast<unsigned>(builtin.endpoint);
        }
    }
}

Router::Endpoint Router::find_endpoint(std::string_view path) const {
    const auto on = [&](Endpoint endpoint) { return is_on(endpoint) ? endpoint : Endpoint::files; };
    if (targets_.records.owns(path)) return Endpoint::records;
    if (path.size() < 6) return Endpoint::files;  // shorter than every built-in one
    switch (path[1]) {
        case '.':
            if (targets_.resumable.owns(path)) return Endpoint::upload;
            return listings::PageAssets::owns(path) ? Endpoint::page_assets : Endpoint::files;
        case 'e': return path.starts_with(kEchoPrefix) ? on(Endpoint::echo) : Endpoint::files;
        case 'f':
            return path.starts_with(kFilesPrefix) || path == kFilesPrefix.substr(0, kFilesPrefix.size() - 1)
                       ? on(Endpoint::files_prefix)
                       : Endpoint::files;
        case 'u': return path == kUserAgentPath ? on(Endpoint::user_agent) : Endpoint::files;
        case 'h': return path == kHealthPath ? on(Endpoint::health) : Endpoint::files;
        default: return Endpoint::files;
    }
}

/// Load balancers and supervisors ask by address: the answer says nothing that a page may not know.
bool Router::asks_for_health(const http::Request& request) const {
    return request.target.form != http::Target::Form::asterisk && find_endpoint(request.path()) == Endpoint::health;
}

/// False for the other endpoints and for "/files" itself, which redirects.
bool Router::names_file(Endpoint endpoint, std::string_view path) {
    return endpoint == Endpoint::files || (endpoint == Endpoint::files_prefix && path.starts_with(kFilesPrefix));
}

MethodSet Router::allowed(Endpoint endpoint, std::string_view path) const {
    if (endpoint == Endpoint::records) return targets_.records.allowed(path);
    if (endpoint == Endpoint::upload) return uploads::ResumableUploads::allowed();
    MethodSet methods = kReading;
    if (!names_file(endpoint, path)) return methods;
    if (endpoint == Endpoint::files_prefix) path = below_prefix(path);
    if (storage::is_hidden(path)) return methods;
    if (config_.allow_upload) {
        methods.add(Method::post);
        if (!path.ends_with('/')) methods.add(Method::put);
        // RFC 4918 §9.3: where nothing is.
        const bool has_slash = path.size() > 1 && path.ends_with('/');
        if (!root_.stat_name(path.substr(0, path.size() - (has_slash ? 1 : 0)))) methods.add(Method::mkcol);
    }
    if (config_.allow_delete && path.ends_with('/')) methods.add(Method::post);  // "?delete"
    if (config_.allow_delete && path != "/") methods.add(Method::del);
    return methods;
}

MethodSet Router::allowed_anywhere() const {
    MethodSet methods = kReading;
    if (config_.allow_upload) {
        methods.add(Method::put);
        methods.add(Method::post);
        methods.add(Method::mkcol);
    }
    if (config_.allow_delete) {
        methods.add(Method::post);
        methods.add(Method::del);
    }
    return methods;
}

handler::Decision Router::handle(const http::Request& request) {
    if (!config_.allowed_hosts.empty() && !asks_for_health(request)) {
        if (const auto fault = find_host_fault(request, config_)) return handler::refusal_response(&request, *fault);
    }
    if (request.unknown_expectation) {
        return handler::error_response(&request, Status::expectation_failed,
                                       "the only expectation that can be met is \"100-continue\".");
    }
    if (request.target.form == http::Target::Form::asterisk) {
        http::Response response;
        response.status = Status::no_content;
        response.add("Allow", handler::allow_value(allowed_anywhere()));
        return response;
    }
    if (request.target.has_escaped_slash) return targets_.files.answer_escaped_slash(request);
    if (request.method == Method::post) {
        if (const auto fault = find_cross_site_fault(request, config_))
            return handler::refusal_response(&request, *fault);
    }
    const std::string_view path = request.path();
    const Endpoint endpoint = find_endpoint(path);
    if (endpoint == Endpoint::records && is_answered_by_records(request.method))
        return targets_.records.handle(request);
    if (endpoint == Endpoint::upload && uploads::ResumableUploads::allowed().has(request.method) &&
        request.method != Method::options) {
        return targets_.resumable.handle(request);
    }
    switch (request.method) {
        case Method::get:
        case Method::head: return read(request, endpoint, path);
        case Method::put:
        case Method::post: return upload(request, endpoint, path);
        case Method::del: return remove(request, endpoint, path);
        case Method::options: {
            http::Response response;
            response.status = Status::no_content;
            const MethodSet methods = allowed(endpoint, path);
            response.add("Allow", handler::allow_value(methods));
            const bool is_file = names_file(endpoint, path) && methods.has(Method::post) && config_.allow_upload;
            if (is_file || endpoint == Endpoint::upload) targets_.resumable.advertise(response);
            return response;
        }
        case Method::mkcol: return make_directory(request, endpoint, path);
        case Method::patch:
        case Method::trace:
        case Method::connect: return handler::method_not_allowed(request, allowed(endpoint, path));
        case Method::unknown: break;
    }
    return handler::error_response(
        &request, Status::not_implemented,
        "this server does not know the method; it knows " + handler::allow_value(allowed_anywhere()) + ".");
}

handler::Decision Router::read(const http::Request& request, Endpoint endpoint, std::string_view path) {
    switch (endpoint) {
        case Endpoint::files: return read_below_root(request);
        case Endpoint::echo: return targets_.echo.handle(request);
        case Endpoint::user_agent: return targets_.user_agent.handle(request);
        case Endpoint::health: return targets_.health.handle(request);
        case Endpoint::page_assets: return targets_.page_assets.handle(request);
        case Endpoint::records: return targets_.records.handle(request);
        case Endpoint::upload: return targets_.resumable.handle(request);
        case Endpoint::files_prefix: break;
    }
    if (!path.starts_with(kFilesPrefix)) {
        std::string location(kFilesPrefix);
        if (request.target.has_query) location.append("?").append(request.query());
        http::Response response =
            handler::error_response(&request, Status::moved_permanently, "the files are below /files/.");
        response.add("Location", location);
        return response;
    }
    rewritten_ = request;
    rewritten_.target.path = below_prefix(path);
    handler::Decision decision = read_below_root(rewritten_);
    // To the directory, below the prefix as it was asked for.
    const auto* response = std::get_if<http::Response>(&decision);
    const bool redirects = response != nullptr && response->status == Status::moved_permanently;
    return redirects ? files::redirect_to_directory(request) : std::move(decision);
}

/// A file, or the listing of a directory that has no index file.
handler::Decision Router::read_below_root(const http::Request& request) {
    files::FileAnswer answer = targets_.files.read(request);
    if (auto* decision = std::get_if<handler::Decision>(&answer)) return std::move(*decision);
    if (targets_.listings == nullptr) {
        return handler::error_response(&request, Status::forbidden, "directories are not listed here.");
    }
    return targets_.listings->list(request, std::move(std::get<base::Fd>(answer)));
}

handler::Decision Router::upload(const http::Request& request, Endpoint endpoint, std::string_view path) {
    const std::string_view file = endpoint == Endpoint::files_prefix ? below_prefix(path) : path;
    const bool posts_to_directory = request.method == Method::post && file.ends_with('/');
    const bool may_post = config_.allow_upload || (config_.allow_delete && posts_to_directory);
    if (!names_file(endpoint, path)) return handler::method_not_allowed(request, allowed(endpoint, path));
    if (!may_post) return handler::method_not_allowed(request, allowed(endpoint, path), kUploadsOff);
    if (posts_to_directory) {
        const auto action = uploads::DirectoryActions::find_action(request.query());
        if (action) return targets_.directories.act(request, file, *action);
        if (!config_.allow_upload) {
            return handler::error_response(&request, Status::forbidden,
                                           "uploads are off (--allow-upload turns them on).");
        }
    }
    if (file.ends_with('/') && request.method == Method::put) {
        auto response =
            handler::error_response(&request, Status::method_not_allowed,
                                    "this names a directory; send the file to a name without a slash at its end.");
        response.add("Allow", handler::allow_value(allowed(endpoint, path)));
        return response;
    }
    return targets_.uploads.handle(request, file);
}

handler::Decision Router::remove(const http::Request& request, Endpoint endpoint, std::string_view path) {
    if (!names_file(endpoint, path)) return handler::method_not_allowed(request, allowed(endpoint, path));
    if (!config_.allow_delete) return handler::method_not_allowed(request, allowed(endpoint, path), kDeletesOff);
    return targets_.deletes.handle(request, endpoint == Endpoint::files_prefix ? below_prefix(path) : path);
}

handler::Decision Router::make_directory(const http::Request& request, Endpoint endpoint, std::string_view path) {
    const MethodSet methods = allowed(endpoint, path);
    if (!names_file(endpoint, path)) return handler::method_not_allowed(request, methods);
    if (!config_.allow_upload) return handler::method_not_allowed(request, methods, kUploadsOff);
    return targets_.directories.create(request, endpoint == Endpoint::files_prefix ? below_prefix(path) : path,
                                       methods);
}

}  // namespace site
