// Selects the form, evaluates the conditions in the order of RFC 9110 §13.2.2, and answers with the whole, with parts
// or with why not. A hit on a small file without conditions allocates nothing.
#include "files/static_files.h"

#include <sys/random.h>

#include <cassert>
#include <utility>
#include <vector>

#include "files/download_digests.h"
#include "files/page_paths.h"
#include "handler/error_page.h"
#include "http/conditional.h"
#include "http/target.h"

namespace files {
namespace {

using http::Coding;

constexpr http::Refusal kNotReadable{.status = http::Status::forbidden,
                                     .reason = "you may not read this.",
                                     .cause = {},
                                     .missing = http::MissingRight::of_others};
constexpr http::MethodSet kMethods(http::Method::get, http::Method::head);

/// Steps of a Weyl sequence: consecutive boundaries differ in many digits.
constexpr std::uint64_t kBoundaryStep = 0x9E3779B97F4A7C15;

std::uint64_t random_number() {
    std::uint64_t number = kBoundaryStep;
    // Fails only where the kernel has no randomness yet; a boundary is not a secret.
    [[maybe_unused]] const ssize_t got = ::getrandom(&number, sizeof number, GRND_NONBLOCK);
    return number;
}

http::Validators validators_of(const Representation& representation, const Form& form) {
    return {.etag = form.entity_tag(),
            .last_modified = representation.last_modified(),
            .last_changed = representation.last_changed()};
}

http::Response not_found(const http::Request& request) {
    return handler::error_response(&request, http::Status::not_found, "there is nothing at this path.");
}

/// Only where there was a choice: a file that has only one form is sent in that form, whatever was asked for (RFC 9110
/// §12.5.3).
http::Response refuse_codings(const http::Request& request) {
    http::Response response =
        handler::error_response(&request, http::Status::not_acceptable,
                                "Accept-Encoding rules out every form of this file, the plain one included.");
    static const http::FieldList vary_by_coding{{"Vary", "Accept-Encoding"}};
    response.prepared.fields = http::FieldTail(vary_by_coding);
    return response;
}

/// 301 to `path`, with the query of the request. A browser has to ask each time: a file may become a directory and turn
/// the redirection around, and one that is kept for ever would then lead in a circle.
http::Response redirect(const http::Request& request, std::string_view path, std::string_view sentence) {
    std::string location = http::encode_path(path);
    if (request.target.has_query) location.append("?").append(request.query());
    http::Response response = handler::error_response(&request, http::Status::moved_permanently, sentence);
    response.add("Location", location);
    response.add("Cache-Control", "no-cache");
    return response;
}

}  // namespace

StaticFiles::StaticFiles(const storage::FileRoot& root, RepresentationCache& cache, const base::Clock& clock,
                         StaticFilesConfig config, DigestQueue* digests)
    : root_(root),
      cache_(cache),
      clock_(clock),
      config_(std::move(config)),
      digests_(digests),
      next_boundary_(random_number()) {}

/// Pages, indexes and routes answer at other paths than their own, so the right to read is asked for again here.
std::expected<StaticFiles::Found, FindError> StaticFiles::find(const http::Request& request, std::string_view path) {
    if (config_.grants && !config_.grants->rights_at(path, handler::Client::of(request)).has(handler::Right::read)) {
        return std::unexpected(FindError::absent);
    }
    return cache_.find(path, request.arrival);
}

std::optional<http::Response> StaticFiles::refuse_page(const http::Request& request, std::string_view path) const {
    if (!config_.grants || config_.grants->is_same_for_all(path)) return std::nullopt;
    if (config_.grants->rights_at(path, handler::Client::of(request)).has(handler::Right::read)) return std::nullopt;
    return handler::refusal_response(&request, kNotReadable);
}

handler::Decision StaticFiles::read(const http::Request& request, DirectoryAnswers& directories) {
    if (!kMethods.has(request.method)) return handler::method_not_allowed(request, kMethods);
    const std::string_view path = request.path();
    assert(path.starts_with('/') && !root_.is_hidden(path));
    if (path.ends_with('/')) return serve_directory(request, directories);
    const auto found = find(request, path);
    if (!found) return refuse(request, found.error());
    if ((*found)->kind() != Representation::Kind::file) return redirect_to_directory(request);
    if (config_.clean_urls) {
        if (auto redirect = redirect_to_clean_path(request)) return std::move(*redirect);
    }
    return serve(request, *found);
}

/// Only where the clean address leads back to this file: another file or a directory of that name wins there.
std::optional<http::Response> StaticFiles::redirect_to_clean_path(const http::Request& request) const {
    const auto clean = clean_path(request.path(), config_.index_name);
    if (!clean || (!clean->ends_with('/') && root_.stat_name_inside(*clean))) return std::nullopt;
    return redirect(request, *clean, "pages have no .html in their addresses here.");
}

/// "/about" and "/about/" are the page "/about.html", "/index" and "/index/" are the index of the root.
std::optional<handler::Decision> StaticFiles::find_page(const http::Request& request) {
    std::string_view name = request.path();
    const bool has_slash = name.ends_with('/');
    if (has_slash) name.remove_suffix(1);
    if (!config_.clean_urls || name.empty()) return std::nullopt;
    const std::string page = std::string(name).append(".html");
    if (auto refused = refuse_page(request, page)) return std::move(*refused);
    const auto found = find(request, page);
    if (!found && found.error() != FindError::absent) return refuse(request, found.error());
    if (!found || (*found)->kind() != Representation::Kind::file) return std::nullopt;
    const auto clean = clean_path(page, config_.index_name);
    if (!has_slash && clean == name) return serve(request, *found);
    // A file named "about" keeps the address "/about", so "/about/" does not lead there.
    if (!clean || (has_slash && !clean->ends_with('/') && root_.stat_name_inside(*clean))) return std::nullopt;
    return redirect(request, *clean, "pages and indexes have one address here, without their names' ends.");
}

/// The path names nothing: a page without its ".html", an icon that browsers look for, a route, or a mistake.
handler::Decision StaticFiles::answer_missing(const http::Request& request) {
    const std::string_view path = request.path();
    if (auto page = find_page(request)) return std::move(*page);
    if (path == "/favicon.ico") {
        http::Response response;
        response.status = http::Status::no_content;
        response.quiet = true;
        return response;
    }
    if (auto route = find_route(request)) return std::move(*route);
    return not_found(request);
}

/// The application's page, for a path that may be one of its routes.
std::optional<handler::Decision> StaticFiles::find_route(const http::Request& request) {
    if (!config_.spa || !kMethods.has(request.method) || !may_be_route(request, *config_.media_types))
        return std::nullopt;
    const std::string index = "/" + config_.index_name;
    if (auto refused = refuse_page(request, index)) return std::move(*refused);
    const auto found = find(request, index);
    if (!found && found.error() != FindError::absent) return refuse(request, found.error());
    if (!found || (*found)->kind() != Representation::Kind::file) return std::nullopt;
    // A client that does not take HTML gets a 404 at the same path.
    return serve(request, *found, Varies::by_navigation);
}

handler::Decision StaticFiles::answer_escaped_slash(const http::Request& request) {
    if (auto route = find_route(request)) return std::move(*route);
    return handler::error_response(&request, http::Status::bad_request,
                                   "the request-target holds %2F, and no name can; separate with /");
}

http::Response redirect_to_directory(const http::Request& request) {
    return redirect(request, std::string(request.path()) + "/", "this is a directory; its path ends in a slash.");
}

handler::Decision StaticFiles::serve_directory(const http::Request& request, DirectoryAnswers& directories) {
    index_path_.assign(request.path()).append(config_.index_name);
    const auto found = find(request, index_path_);
    if (found && (*found)->kind() == Representation::Kind::file) return serve(request, *found);
    if (!found && found.error() != FindError::absent) return refuse(request, found.error());
    handler::Decision decision = open_directory(request, directories);
    // Where the folder itself is not shown either, its index is what is missing.
    const auto* const response = std::get_if<http::Response>(&decision);
    if (response == nullptr || response->status != http::Status::forbidden) return decision;
    if (auto refused = refuse_page(request, index_path_)) return std::move(*refused);
    return decision;
}

handler::Decision StaticFiles::open_directory(const http::Request& request, DirectoryAnswers& directories) {
    auto directory = root_.open_directory(request.path());
    if (!directory) return refuse(request, find_error(directory.error()));
    return directories.answer_directory(std::move(*directory));
}

handler::Decision StaticFiles::refuse(const http::Request& request, FindError error) {
    constexpr int kRetrySeconds = 1;
    switch (error) {
        case FindError::absent: return answer_missing(request);
        case FindError::denied:
            return handler::error_response(&request, http::Status::forbidden, "the server may not read this file.");
        case FindError::unsuitable:
            return handler::error_response(&request, http::Status::forbidden,
                                           "this is neither a file nor a directory.");
        case FindError::changing:
            return handler::unavailable(&request, "the file is being written right now.", kRetrySeconds);
        case FindError::exhausted: {
            http::Response response = handler::unavailable(
                &request, "the server has no file descriptors or memory left for now.", kRetrySeconds);
            response.reason = "no descriptor or memory was left to open a file (ulimit -n, --max-connections)";
            return response;
        }
        case FindError::failed: break;
    }
    return handler::refusal_response(
        &request, {http::Status::internal_server_error, "the file could not be read from the disk."});
}

handler::Decision StaticFiles::serve(const http::Request& request, const Found& found, Varies varies) {
    // A range is of the identity form, so a request for one is answered out of that form whatever becomes of the range.
    const bool wants_range = request.method == http::Method::get && request.fields.has(http::FieldName::range);
    Coding coding = Coding::identity;
    if (found->has_coded_forms() && !wants_range) {
        const auto accepted = http::AcceptedCodings::parse(request.fields, request.text);
        const auto chosen = accepted.choose(found->codings());
        if (!chosen) return refuse_codings(request);
        coding = cache_.settle(found, *chosen);
    }
    const Form& form = found->form(coding);
    if (http::has_precondition(request.fields)) {
        switch (http::evaluate_preconditions(request.fields, request.text, request.method, validators_of(*found, form),
                                             clock_.unix_seconds())) {
            case http::Precondition::proceed: break;
            case http::Precondition::not_modified: {
                http::Response response;
                response.status = http::Status::not_modified;
                response.prepared = {found, form.not_modified_fields(), found->real_path()};
                if (varies == Varies::by_navigation) response.add("Vary", "Accept, Sec-Fetch-Dest");
                return response;
            }
            case http::Precondition::precondition_failed: {
                http::Response response = handler::error_response(
                    &request, http::Status::precondition_failed, "the file is not the version that the request names.");
                response.prepared = {found, form.validator_fields(), found->real_path()};
                return response;
            }
        }
    }
    if (!wants_range) return complete(request, found, coding, nullptr, varies);

    const http::RangeSet ranges =
        http::decide_ranges(request.fields, request.text, request.method, validators_of(*found, form), found->length(),
                            clock_.unix_seconds());
    switch (ranges.kind) {
        case http::RangeSet::Kind::whole: break;
        case http::RangeSet::Kind::ranges: return complete(request, found, coding, &ranges, varies);
        case http::RangeSet::Kind::unsatisfiable: {
            http::Response response = handler::error_response(&request, http::Status::range_not_satisfiable,
                                                              "the file has no bytes in the range that was asked for.");
            response.prepared = {found, form.validator_fields(), found->real_path()};
            response.add("Content-Range", http::unsatisfied_content_range(found->length()));
            return response;
        }
    }
    return complete(request, found, coding, nullptr, varies);
}

handler::Decision StaticFiles::complete(const http::Request& request, const Found& found, Coding coding,
                                        const http::RangeSet* ranges, Varies varies) {
    // Filled in its place: a response is large to move.
    handler::Decision decision;
    auto& response = std::get<http::Response>(decision);
    if (ranges != nullptr) {
        fill_ranges(response, found, *ranges);
    } else {
        fill_whole(response, request, found, coding);
    }
    if (varies == Varies::by_navigation) response.add("Vary", "Accept, Sec-Fetch-Dest");
    if (request.target.has_query && asks_for_download(request.query())) {
        response.add("Content-Disposition", download_disposition(found->path()));
    }
    if (digests_ != nullptr && wants_digest(request)) {
        decision = with_digests(*digests_, request, found, coding, std::move(response));
    }
    return decision;
}

void StaticFiles::fill_whole(http::Response& response, const http::Request& request, const Found& found,
                             Coding coding) {
    const Form& form = found->form(coding);
    response.prepared = {found, form.fields(), found->real_path()};
    if (form.state() != Form::State::ready) {
        // Also for HEAD: the length is not known yet, so the head is the same as for GET, and nothing is pulled.
        response.body = cache_.compress(found, coding);
    } else if (request.method == http::Method::head) {
        response.stated_length = form.length();
    } else {
        Representation::send_whole(found, coding, response.body);
    }
}

void StaticFiles::fill_ranges(http::Response& response, const Found& found, const http::RangeSet& ranges) {
    const auto items = ranges.items();
    assert(!items.empty());
    response.status = http::Status::partial_content;
    if (items.size() == 1) {
        response.prepared = {found, found->identity().fields(), found->real_path()};
        response.add("Content-Range", http::content_range(items[0], found->length()));
        response.body = Representation::slice(found, Coding::identity, items[0].first, items[0].length());
        return;
    }
    next_boundary_ += kBoundaryStep;
    const http::ByteRangesText text(next_boundary_, found->media_type(), found->length());
    std::vector<http::Piece> pieces;
    pieces.reserve(2 * items.size() + 1);
    for (std::size_t i = 0; i < items.size(); ++i) {
        pieces.emplace_back(text.part_head(items[i], i));
        pieces.push_back(Representation::slice(found, Coding::identity, items[i].first, items[i].length()));
    }
    pieces.emplace_back(text.tail());
    response.prepared = {found, found->identity().fields_after_type(), found->real_path()};
    response.add("Content-Type", text.media_type());
    response.body = std::move(pieces);
}

}  // namespace files
