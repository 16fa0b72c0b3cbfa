// From the request to a source.
#include "listings/searches.h"

#include <utility>

#include "handler/error_page.h"
#include "listings/search_source.h"

namespace listings {
namespace {

constexpr int kRetrySeconds = 10;
constexpr http::Refusal kOrdered{http::Status::bad_request,
                                 "what is found is in the order of its paths: a search has no sort, order or after."};

}  // namespace

handler::Decision Searches::find(const http::Request& request, base::Fd directory, SearchWords words,
                                 const ListingQuery& query, const SentListing& sent) {
    if (query.column || query.order || query.after) return handler::refusal_response(&request, kOrdered);
    ListingHold hold(shares_, request.client.key);
    if (!hold.grow(trees::kWalkBytes)) {
        return handler::unavailable(&request, "too many searches are under way; ask again later.", kRetrySeconds);
    }
    ListingHold coding_hold(shares_, request.client.key);
    const auto coding = sent.choose_coding(request, kListingTextBytes, coding_hold);
    if (!coding) return refuse_codings(request);
    if (auto refused = sent.check_conditions(request, {}, shares_.clock())) return std::move(*refused);
    const trees::TreeScope scope{.root = root_,
                                 .grants = config_.grants,
                                 .client = handler::Client::of(request),
                                 .index_name = config_.index_name,
                                 .path = std::string(request.path())};
    SearchSource::Parts parts{.types = *config_.media_types, .clock = shares_.clock(), .bounds = {}};
    parts.bounds.findings = query.limit.value_or(kSearchFindings);
    auto format = sent.make_format({.path = std::string(request.path()),
                                    .prefix = request.client_path({}),
                                    .extent = ListingView::Extent::found,
                                    .limit = parts.bounds.findings,
                                    .search = *query.search});
    http::Response response = sent.with_head({}, *coding);
    // Also for HEAD: the head is then that of GET, and nothing is pulled.
    response.body = sent.in_coding(*coding,
                                   std::make_unique<SearchSource>(std::move(words), scope, std::move(directory),
                                                                  std::move(format), parts, std::move(hold)),
                                   std::move(coding_hold));
    return response;
}

}  // namespace listings
