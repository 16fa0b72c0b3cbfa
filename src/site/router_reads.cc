// The functions of the route table's rows that read.
#include <string>
#include <utility>

#include "handler/error_page.h"
#include "site/path_prefix.h"
#include "site/router.h"

namespace site {
namespace {

using handler::Right;
using handler::Rights;
using http::Refusal;
using http::Status;

constexpr Refusal kHiddenFile{Status::not_found, "there is nothing at this path."};
constexpr Refusal kNotListed = http::missing_right("directories are not listed here.");
constexpr Refusal kNobodyLists{Status::forbidden, "directories are not listed here."};
constexpr Refusal kDropHere{Status::forbidden,
                            "this link is for adding files: POST them to it, in a form, or PUT each to its name in the "
                            "folder, with the same query behind it."};
constexpr Refusal kNotReadable = http::missing_right("you may not read this.");

/// True for a request with a link by which files are added.
bool is_for_dropping(const http::Request& request) {
    return request.shared != nullptr && request.shared->gives == http::LinkGives::dropping;
}

/// Lists a directory for clients that have the right.
class ListedDirectories final : public files::DirectoryAnswers {
public:
    /// All outlive this.
    ListedDirectories(listings::Listings& listings, archives::Archives& archives, const http::Request& request,
                      Rights rights, const Refusal& unlisted)
        : listings_(listings), archives_(archives), request_(request), rights_(rights), unlisted_(unlisted) {}
    handler::Decision answer_directory(base::Fd directory) override {
        // A person who may only add files needs the page that takes them; programs are told that nothing is listed.
        const bool is_drop_box = rights_.only_adds() && handler::prefers_html(request_);
        if (!rights_.has(Right::list) && !is_drop_box) return handler::refusal_response(&request_, unlisted_);
        const auto archive = archives::parse_archive_query(request_.query());
        if (!archive) return handler::refusal_response(&request_, archive.error());
        if (*archive && rights_.has(Right::list)) return archives_.send(request_, std::move(directory), **archive);
        return listings_.list(request_, std::move(directory), rights_);
    }

private:
    listings::Listings& listings_;
    archives::Archives& archives_;
    const http::Request& request_;
    Rights rights_;
    const Refusal& unlisted_;  ///< why it is not listed
};

}  // namespace

/// True for a directory that is itself the path of a line of --grant.
bool Router::is_place(std::string_view path) const {
    if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
    return config_.grants && config_.grants->place_of(path) == path;
}

handler::Decision Router::lead_to_files(const Call& call) {
    std::string location = "/files/";
    if (call.request.target.has_query) location.append("?").append(call.request.query());
    http::Response response = handler::error_response(
        &call.request, Status::moved_permanently, "the files are below " + call.request.client_path("/files/") + ".");
    response.add("Location", location);
    return response;
}

/// A file, or the listing of a directory that has no index file.
handler::Decision Router::read_below_root(const Call& call) {
    const bool is_rewritten = call.resource.path.size() != call.request.path().size();
    if (is_rewritten) {
        rewritten_ = call.request;
        rewritten_.target.path = call.resource.path;
    }
    const http::Request& request = is_rewritten ? rewritten_ : call.request;
    ListedDirectories directories(targets_.listings, targets_.archives, request, call.rights,
                                  config_.listing ? kNotListed : kNobodyLists);
    handler::Decision decision = targets_.files.read(request, directories);
    if (is_rewritten) {
        const std::string_view asked = call.request.path();
        auto* response = std::get_if<http::Response>(&decision);
        // A redirection stays below "/files".
        const std::string_view files = asked.substr(0, asked.size() - call.resource.path.size());
        if (response != nullptr) lead_below(files, response->fields);
    }
    return decision;
}

handler::Decision Router::read_directory(const Call& call) {
    if (call.rights.only_adds()) {
        const bool is_linked = is_for_dropping(call.request) && call.request.shared->path == call.resource.path;
        // Which folders a drop box holds is not shown either.
        if (!is_linked && !is_place(call.resource.path)) return handler::refusal_response(&call.request, kNotReadable);
        if (is_linked && !handler::prefers_html(call.request))
            return handler::refusal_response(&call.request, kDropHere);
    }
    return read_below_root(call);
}

handler::Decision Router::answer_hidden(const Call& call) {
    return handler::refusal_response(&call.request, kHiddenFile);
}

}  // namespace site
