// From the query and Accept to a gathering, and from what it found to the answer.
#include "listings/listings.h"

#include <cerrno>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "handler/error_page.h"
#include "handler/kept_request.h"
#include "http/target.h"
#include "listings/coded_listing.h"
#include "listings/listing_gathering.h"
#include "listings/listing_query.h"
#include "listings/listing_source.h"
#include "listings/sent_listing.h"
#include "storage/validators.h"

namespace listings {
namespace {

using http::Coding;
using http::Status;

constexpr int kRetrySeconds = 1;

/// For a page: not relative, because it may stand in any folder.
std::string address_of(const http::Request& request, std::string_view path) {
    return http::encode_path(request.client_path(path));
}

/// One listing, from the request to its answer.
class ListingAnswer final : public http::PendingResponse {
public:
    /// Which entries are shown, and how.
    struct Wish {
        ListingQuery query;
        SentListing sent;
        ListingSpan span;
    };

    ListingAnswer(const http::Request& request, Wish wish, ListingReader reader, base::WakeQueue& wakes,
                  ListingShares& shares)
        : request_(request),
          query_(std::move(wish.query)),
          sent_(std::move(wish.sent)),
          wakes_(wakes),
          shares_(shares),
          coding_hold_(shares, request.client.key),
          gathering_(std::move(reader), std::move(wish.span), shares, request.client.key) {}

    std::optional<http::Response> advance(http::Wake wake) override {
        switch (work()) {
            case ListingGathering::Outcome::gathered:
            case ListingGathering::Outcome::more: wakes_.wake(wake); return std::nullopt;
            case ListingGathering::Outcome::written: return answer_gathered();
            case ListingGathering::Outcome::too_large: return answer_streamed();
            case ListingGathering::Outcome::no_memory:
                // A client that did not ask for an order gets the entries without one.
                if (!query_.wants_page()) return answer_streamed();
                return handler::unavailable(&request_.get(),
                                            "too many listings are being made; ask again, or for fewer entries.",
                                            kRetrySeconds);
            case ListingGathering::Outcome::failed: break;
        }
        if (gathering_.error() == ENOENT) {
            return handler::error_response(&request_.get(), Status::not_found, "there is nothing at this path.");
        }
        return handler::refusal_response(&request_.get(),
                                         {Status::internal_server_error, "the directory could not be read."});
    }

    [[nodiscard]] bool may_be_given_up() const override { return true; }
    [[nodiscard]] std::size_t memory_bytes() const override { return coding_hold_.bytes() + gathering_.memory_bytes(); }

private:
    ListingGathering::Outcome work() {
        const auto outcome = gathering_.work();
        if (outcome != ListingGathering::Outcome::gathered) return outcome;
        const bool paged = query_.limit || query_.after || gathering_.has_more();
        gathering_.write_with(make_format(paged ? ListingView::Extent::page : ListingView::Extent::whole),
                              next_page_prefix(query_));
        return gathering_.work();
    }

    [[nodiscard]] std::unique_ptr<ListingFormat> make_format(ListingView::Extent extent) const {
        return sent_.make_format(
            {.path = std::string(request_.get().path()),
             .prefix = request_.get().client_path({}),
             .column = query_.column.value_or(ListingColumn::name),
             .order = query_.order.value_or(ListingOrder::ascending),
             .extent = extent,
             .limit = query_.limit.value_or(kGatheredEntries),
             .start = query_.after ? ListingView::Start::further_on : ListingView::Start::beginning});
    }

    http::Response answer_gathered() {
        const std::shared_ptr<const GatheredText> text = gathering_.text();
        const std::optional<Coding> coding = sent_.choose_coding(request_.get(), text->bytes(), coding_hold_);
        if (!coding) return refuse_codings(request_.get());
        const std::string tag = storage::coded_tag(gathering_.tag(), *coding);
        if (auto refused = sent_.check_conditions(request_.get(), tag, shares_.clock())) return std::move(*refused);
        http::Response response = sent_.with_head(tag, *coding);
        response.reason = gathering_.lack();
        // Every byte of a name is escaped in this text.
        if (!gathering_.next().empty()) response.add("Link", "<" + gathering_.next() + ">; rel=\"next\"");
        if (*coding != Coding::identity) {
            response.body = sent_.in_coding(*coding, std::make_unique<GatheredSource>(text), std::move(coding_hold_));
            return response;
        }
        if (request_.get().method == http::Method::head) {
            response.stated_length = text->bytes();
            return response;
        }
        std::vector<http::Piece> pieces;
        pieces.reserve(text->parts.size());
        for (const std::string& part : text->parts) {
            pieces.emplace_back(http::Blob{text, std::as_bytes(std::span(part))});
        }
        response.body = std::move(pieces);
        return response;
    }

    /// Without a tag: what it will show is not known yet.
    http::Response answer_streamed() {
        const std::optional<Coding> coding = sent_.choose_coding(request_.get(), kListingTextBytes, coding_hold_);
        if (!coding) return refuse_codings(request_.get());
        if (auto refused = sent_.check_conditions(request_.get(), {}, shares_.clock())) return std::move(*refused);
        http::Response response = sent_.with_head({}, *coding);
        response.body =
            sent_.in_coding(*coding,
                            std::make_unique<ListingSource>(gathering_.take_reader(),
                                                            make_format(ListingView::Extent::unsorted), shares_),
                            std::move(coding_hold_));
        return response;
    }

    handler::KeptRequest request_;
    ListingQuery query_;
    SentListing sent_;
    base::WakeQueue& wakes_;
    ListingShares& shares_;
    ListingHold coding_hold_;
    ListingGathering gathering_;
};

}  // namespace

PageVisitor Listings::visitor_of(const http::Request& request) const {
    using Offer = PageVisitor::Offer;
    if (config_.sign_in_path.empty()) return {};
    if (!request.user) return {.offer = Offer::sign_in, .name = {}, .path = address_of(request, config_.sign_in_path)};
    // A user who signed in by Authorization signs out in the browser's own way.
    const bool has_badge = request.signed_in_by == http::SignedInBy::badge;
    return {.offer = has_badge ? Offer::sign_out : Offer::nothing,
            .name = request.user->name,
            .path = address_of(request, config_.sign_out_path)};
}

handler::Decision Listings::list(const http::Request& request, base::Fd directory, handler::Rights rights) {
    auto query = parse_listing_query(request.query());
    if (!query) return handler::refusal_response(&request, query.error());
    const auto form = choose_form(request, *query);
    if (!form) {
        return handler::error_response(&request, Status::not_acceptable,
                                       "a directory is listed as text/html, application/json or text/plain.");
    }
    using Named = SentListing::Wish::Named;
    SentListing::Wish how{.form = *form,
                          .named = query->form ? Named::by_query : Named::by_accept,
                          .actions = config_.actions.allowed_by(rights),
                          .visitor = visitor_of(request),
                          .compression_level = config_.compression_level};
    if (query->search && rights.has(handler::Right::list)) {
        auto words = SearchWords::parse(*query->search);
        if (!words) return handler::refusal_response(&request, words.error());
        // An empty box leads back to the listing.
        if (!words->empty()) {
            // Its page is for reading: the forms of a listing are about what is in the directory itself.
            how.actions = {};
            return searches_.find(request, std::move(directory), std::move(*words), *query,
                                  SentListing(std::move(how)));
        }
    }
    ListingSpan span;
    // A person is served best by the first entries in order, however many there are.
    if (query->wants_page() || *form == ListingForm::html) span.extent = ListingSpan::Extent::page;
    span.ordering =
        ListingOrdering(query->column.value_or(ListingColumn::name), query->order.value_or(ListingOrder::ascending));
    span.limit = query->limit.value_or(kGatheredEntries);
    if (query->after) {
        span.after = span.ordering.find_place(*query->after, *config_.media_types);
        if (!span.after) {
            return handler::error_response(
                &request, Status::bad_request,
                "after is taken from the link to the next page; sorted by name, it is the last name "
                "that was seen, with a slash behind a folder's.");
        }
    }
    const bool are_listed = rights.has(handler::Right::list);
    ListingReader reader(root_, *config_.media_types, std::move(directory), std::string(request.path()),
                         are_listed
                             ? handler::VisibleEntries(config_.grants, handler::Client::of(request), request.path())
                             : handler::VisibleEntries::none());
    ListingAnswer::Wish wish{.query = std::move(*query), .sent = SentListing(std::move(how)), .span = std::move(span)};
    return std::make_unique<ListingAnswer>(request, std::move(wish), std::move(reader), wakes_, shares_);
}

}  // namespace listings
