// From the query and Accept to a gathering, and from what it found to the answer.
#include "listings/listings.h"

#include <array>
#include <cassert>
#include <cerrno>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "handler/error_page.h"
#include "handler/kept_request.h"
#include "http/accept.h"
#include "http/accept_encoding.h"
#include "http/conditional.h"
#include "listings/coded_listing.h"
#include "listings/listing_gathering.h"
#include "listings/listing_json.h"
#include "listings/listing_query.h"
#include "listings/listing_source.h"
#include "listings/listing_text.h"
#include "storage/validators.h"

namespace listings {
namespace {

using http::Coding;
using http::Status;

/// In the order of ListingForm; the first is sent when the client has no wish.
constexpr std::array<std::string_view, 3> kMediaTypes = {"text/html; charset=utf-8", "application/json",
                                                         "text/plain; charset=utf-8"};
constexpr int kRetrySeconds = 1;

std::optional<ListingForm> choose_form(const http::Request& request, const ListingQuery& query) {
    if (query.form) return query.form;
    const auto chosen = http::choose_media_type(request.fields, request.text, kMediaTypes);
    if (!chosen) return std::nullopt;
    return ListingForm{static_cast<std::uint8_t>(*chosen)};
}

http::Response refuse_codings(const http::Request& request) {
    http::Response response =
        handler::error_response(&request, Status::not_acceptable,
                                "Accept-Encoding rules out every form of this listing, the plain one included.");
    response.add("Vary", "Accept-Encoding");
    return response;
}

/// One listing, from the request to its answer.
class ListingAnswer final : public http::PendingResponse {
public:
    /// Which entries are shown, and in which format.
    struct Wish {
        ListingQuery query;
        ListingForm form;
        PageActions actions;
        PageVisitor visitor;
        int compression_level;
        ListingSpan span;
    };

    ListingAnswer(const http::Request& request, Wish wish, ListingReader reader, base::WakeQueue& wakes,
                  ListingShares& shares)
        : request_(request),
          query_(std::move(wish.query)),
          form_(wish.form),
          actions_(wish.actions),
          visitor_(std::move(wish.visitor)),
          compression_level_(wish.compression_level),
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
                // Whoever did not ask for an order can have the entries without one.
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
        ListingView view{.path = std::string(request_.get().path()),
                         .column = query_.column.value_or(ListingColumn::name),
                         .order = query_.order.value_or(ListingOrder::ascending),
                         .extent = extent,
                         .limit = query_.limit.value_or(kGatheredEntries),
                         .start = query_.after ? ListingView::Start::further_on : ListingView::Start::beginning};
        switch (form_) {
            case ListingForm::html: return std::make_unique<ListingPage>(std::move(view), actions_, visitor_);
            case ListingForm::json: return std::make_unique<ListingJson>(std::move(view));
            case ListingForm::text: break;
        }
        return std::make_unique<ListingText>();
    }

    /// The form in which a plain text of `bytes` is sent, with the memory for making it. nullopt: no form is
    /// acceptable.
    std::optional<Coding> choose_coding(std::uint64_t bytes) {
        if (compression_level_ == 0 || bytes < kCodedListingFrom) return Coding::identity;
        const http::Request& request = request_.get();
        const auto accepted = http::AcceptedCodings::parse(request.fields, request.text);
        const auto chosen = accepted.choose(http::CodingSet(Coding::identity, Coding::gzip, Coding::deflate));
        if (!chosen || *chosen == Coding::identity || coding_hold_.grow(media::kEncodingSourceBytes)) return chosen;
        return accepted.choose(http::CodingSet(Coding::identity));
    }

    /// The fields that a 304 repeats. A cache has to ask each time, because nothing tells it when a file is added.
    void add_validators(http::Response& response, const std::string& tag) const {
        if (!tag.empty()) response.add("ETag", tag);
        // A format that the query names is sent whatever Accept says.
        std::string vary = query_.form ? "" : "Accept";
        if (compression_level_ > 0) vary.append(vary.empty() ? "" : ", ").append("Accept-Encoding");
        if (!vary.empty()) response.add("Vary", vary);
        response.add("Cache-Control", "no-cache");
        response.is_personal = form_ == ListingForm::html && visitor_.is_shown();
    }

    /// The answer of the preconditions; nothing when the listing is to be sent.
    [[nodiscard]] std::optional<http::Response> check_conditions(const std::string& tag) const {
        const http::Request& request = request_.get();
        http::Response response;
        switch (http::evaluate_preconditions(request.fields, request.text, request.method,
                                             {.etag = tag, .last_modified = {}, .exists = true},
                                             shares_.clock().unix_seconds())) {
            case http::Precondition::proceed: return std::nullopt;
            case http::Precondition::not_modified: response.status = Status::not_modified; break;
            case http::Precondition::precondition_failed:
                return handler::error_response(&request, Status::precondition_failed,
                                               "the listing is not the version that the request names.");
        }
        add_validators(response, tag);
        return response;
    }

    [[nodiscard]] http::Response with_head(const std::string& tag, Coding coding) const {
        http::Response response;
        response.add("Content-Type", kMediaTypes.at(static_cast<std::size_t>(form_)));
        if (coding != Coding::identity) response.add("Content-Encoding", http::coding_name(coding));
        response.add("X-Content-Type-Options", "nosniff");
        if (form_ == ListingForm::html) response.add("Content-Security-Policy", page_policy(actions_));
        add_validators(response, tag);
        return response;
    }

    http::Response answer_gathered() {
        const std::shared_ptr<const GatheredText> text = gathering_.text();
        const std::optional<Coding> coding = choose_coding(text->bytes());
        if (!coding) return refuse_codings(request_.get());
        const std::string tag = storage::coded_tag(gathering_.tag(), *coding);
        if (auto refused = check_conditions(tag)) return std::move(*refused);
        http::Response response = with_head(tag, *coding);
        response.reason = gathering_.lack();
        // Every byte of a name is escaped in this text.
        if (!gathering_.next().empty()) response.add("Link", "<" + gathering_.next() + ">; rel=\"next\"");
        if (*coding != Coding::identity) {
            response.body = in_coding(*coding, std::make_unique<GatheredSource>(text));
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
        const std::optional<Coding> coding = choose_coding(kListingTextBytes);
        if (!coding) return refuse_codings(request_.get());
        if (auto refused = check_conditions({})) return std::move(*refused);
        http::Response response = with_head({}, *coding);
        response.body =
            in_coding(*coding, std::make_unique<ListingSource>(gathering_.take_reader(),
                                                               make_format(ListingView::Extent::unsorted), shares_));
        return response;
    }

    [[nodiscard]] std::unique_ptr<http::BodySource> in_coding(Coding coding, std::unique_ptr<http::BodySource> plain) {
        using Format = media::DeflateEncoder::Format;
        if (coding == Coding::identity) return plain;
        return std::make_unique<CodedListing>(std::move(plain), coding == Coding::gzip ? Format::gzip : Format::zlib,
                                              compression_level_, std::move(coding_hold_));
    }

    handler::KeptRequest request_;
    ListingQuery query_;
    ListingForm form_;
    PageActions actions_;
    PageVisitor visitor_;
    int compression_level_;
    base::WakeQueue& wakes_;
    ListingShares& shares_;
    ListingHold coding_hold_;
    ListingGathering gathering_;
};

}  // namespace

PageVisitor Listings::visitor_of(const http::Request& request) const {
    using Offer = PageVisitor::Offer;
    if (config_.sign_in_path.empty()) return {};
    if (!request.user) return {.offer = Offer::sign_in, .name = {}, .path = config_.sign_in_path};
    // Who signed in by Authorization signs out in the browser's own way.
    const bool has_badge = request.signed_in_by == http::SignedInBy::badge;
    return {.offer = has_badge ? Offer::sign_out : Offer::nothing,
            .name = request.user->name,
            .path = config_.sign_out_path};
}

handler::Decision Listings::list(const http::Request& request, base::Fd directory, handler::Rights rights) {
    auto query = parse_listing_query(request.query());
    if (!query) return handler::refusal_response(&request, query.error());
    const auto form = choose_form(request, *query);
    if (!form) {
        return handler::error_response(&request, Status::not_acceptable,
                                       "a directory is listed as text/html, application/json or text/plain.");
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
    ListingAnswer::Wish wish{.query = std::move(*query),
                             .form = *form,
                             .actions = config_.actions.allowed_by(rights),
                             .visitor = visitor_of(request),
                             .compression_level = config_.compression_level,
                             .span = std::move(span)};
    return std::make_unique<ListingAnswer>(request, std::move(wish), std::move(reader), wakes_, shares_);
}

}  // namespace listings
