// From what the client accepts to a head, and from a text to its coding.
#include "listings/sent_listing.h"

#include <array>
#include <string_view>
#include <utility>

#include "handler/error_page.h"
#include "http/accept.h"
#include "http/conditional.h"
#include "listings/coded_listing.h"
#include "listings/listing_json.h"
#include "listings/listing_text.h"

namespace listings {

using http::Coding;
using http::Status;

namespace {

/// In the order of ListingForm; the first is sent when the client has no wish.
constexpr std::array<std::string_view, 3> kMediaTypes = {"text/html; charset=utf-8", "application/json",
                                                         "text/plain; charset=utf-8"};

}  // namespace

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

std::unique_ptr<ListingFormat> SentListing::make_format(ListingView view) const {
    switch (wish_.form) {
        case ListingForm::html: return std::make_unique<ListingPage>(std::move(view), wish_.actions, wish_.visitor);
        case ListingForm::json: return std::make_unique<ListingJson>(std::move(view));
        case ListingForm::text: break;
    }
    return std::make_unique<ListingText>();
}

std::optional<Coding> SentListing::choose_coding(const http::Request& request, std::uint64_t bytes,
                                                 ListingHold& hold) const {
    if (wish_.compression_level == 0 || bytes < kCodedListingFrom) return Coding::identity;
    const auto accepted = http::AcceptedCodings::parse(request.fields, request.text);
    const auto chosen = accepted.choose(http::CodingSet(Coding::identity, Coding::gzip, Coding::deflate));
    if (!chosen || *chosen == Coding::identity || hold.grow(media::kEncodingSourceBytes)) return chosen;
    return accepted.choose(http::CodingSet(Coding::identity));
}

/// The fields that a 304 repeats. A cache has to ask each time, because nothing tells it when a file is added.
void SentListing::add_validators(http::Response& response, const std::string& tag) const {
    if (!tag.empty()) response.add("ETag", tag);
    // A format that the query names is sent whatever Accept says.
    std::string vary = wish_.named == Wish::Named::by_query ? "" : "Accept";
    if (wish_.compression_level > 0) vary.append(vary.empty() ? "" : ", ").append("Accept-Encoding");
    if (!vary.empty()) response.add("Vary", vary);
    response.add("Cache-Control", "no-cache");
    response.is_personal = wish_.form == ListingForm::html && wish_.visitor.is_shown();
}

std::optional<http::Response> SentListing::check_conditions(const http::Request& request, const std::string& tag,
                                                            const base::Clock& clock) const {
    http::Response response;
    switch (http::evaluate_preconditions(request.fields, request.text, request.method,
                                         {.etag = tag, .last_modified = {}, .exists = true}, clock.unix_seconds())) {
        case http::Precondition::proceed: return std::nullopt;
        case http::Precondition::not_modified: response.status = Status::not_modified; break;
        case http::Precondition::precondition_failed:
            return handler::error_response(&request, Status::precondition_failed,
                                           "the listing is not the version that the request names.");
    }
    add_validators(response, tag);
    return response;
}

http::Response SentListing::with_head(const std::string& tag, Coding coding) const {
    http::Response response;
    response.add("Content-Type", kMediaTypes.at(static_cast<std::size_t>(wish_.form)));
    if (coding != Coding::identity) response.add("Content-Encoding", http::coding_name(coding));
    response.add("X-Content-Type-Options", "nosniff");
    if (wish_.form == ListingForm::html) response.add("Content-Security-Policy", page_policy(wish_.actions));
    add_validators(response, tag);
    return response;
}

std::unique_ptr<http::BodySource> SentListing::in_coding(Coding coding, std::unique_ptr<http::BodySource> plain,
                                                         ListingHold hold) const {
    using Format = media::DeflateEncoder::Format;
    if (coding == Coding::identity) return plain;
    return std::make_unique<CodedListing>(std::move(plain), coding == Coding::gzip ? Format::gzip : Format::zlib,
                                          wish_.compression_level, std::move(hold));
}

}  // namespace listings
