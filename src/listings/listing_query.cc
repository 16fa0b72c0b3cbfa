// Values out of short tables.
#include "listings/listing_query.h"

#include <array>
#include <utility>

#include "base/ascii.h"
#include "base/escape.h"
#include "http/form.h"
#include "listings/listing_shares.h"

namespace listings {
namespace {

template <class Value, std::size_t Count>
using Words = std::array<std::pair<std::string_view, Value>, Count>;

constexpr Words<ListingColumn, 4> kColumns = {{{column_name(ListingColumn::name), ListingColumn::name},
                                               {column_name(ListingColumn::size), ListingColumn::size},
                                               {column_name(ListingColumn::time), ListingColumn::time},
                                               {column_name(ListingColumn::type), ListingColumn::type}}};
constexpr Words<ListingOrder, 2> kOrders = {{{"asc", ListingOrder::ascending}, {"desc", ListingOrder::descending}}};
constexpr Words<ListingForm, 3> kForms = {
    {{"html", ListingForm::html}, {"json", ListingForm::json}, {"text", ListingForm::text}}};

constexpr std::string_view kTwice = "a parameter of the listing is stated twice; state each once.";
constexpr std::string_view kSortReason = "a listing is sorted by name, size, time or type: ?sort=size.";
constexpr std::string_view kOrderReason = "the order of a listing is asc or desc: ?order=desc.";
constexpr std::string_view kFormatReason = "the formats of a listing are html, json and text: ?format=json.";
constexpr std::string_view kLimitReason = "the limit of a listing is a number from 1 to 10000: ?limit=1000.";
static_assert(kGatheredEntries == 10'000, "the sentence above states it");

std::optional<std::size_t> parse_limit(std::string_view text) {
    const auto number = base::parse_decimal(text);
    if (!number || *number < 1 || *number > kGatheredEntries) return std::nullopt;
    return static_cast<std::size_t>(*number);
}

template <class Value, std::size_t Count>
std::optional<Value> find_word(const Words<Value, Count>& words, std::string_view text) {
    for (const auto& [word, value] : words) {
        if (word == text) return value;
    }
    return std::nullopt;
}

template <class Value, std::size_t Count>
std::string_view word_of(const Words<Value, Count>& words, Value wanted) {
    for (const auto& [word, value] : words) {
        if (value == wanted) return word;
    }
    return {};
}

/// Sets `into` once; the sentence that says what is wrong, or nothing.
template <class Value>
std::string_view set(std::optional<Value>& into, std::optional<Value> value, std::string_view reason) {
    if (into) return kTwice;
    into = std::move(value);
    return into ? std::string_view() : reason;
}

std::string_view take(ListingQuery& query, std::string_view name, const std::string& value) {
    if (name == "sort") return set(query.column, find_word(kColumns, value), kSortReason);
    if (name == "order") return set(query.order, find_word(kOrders, value), kOrderReason);
    if (name == "format") return set(query.form, find_word(kForms, value), kFormatReason);
    if (name == "limit") return set(query.limit, parse_limit(value), kLimitReason);
    if (name == "after") return set(query.after, std::optional(value), {});
    if (name == "search") return set(query.search, std::optional(value), {});
    return {};
}

}  // namespace

std::expected<ListingQuery, http::Refusal> parse_listing_query(std::string_view query) {
    ListingQuery found;
    std::string value;
    while (!query.empty()) {
        const std::size_t end = query.find('&');
        const std::string_view parameter = query.substr(0, end);
        query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
        const std::size_t equals = parameter.find('=');
        value.clear();
        if (equals != std::string_view::npos) http::append_form_decoded(value, parameter.substr(equals + 1));
        const std::string_view reason = take(found, parameter.substr(0, equals), value);
        if (!reason.empty()) return std::unexpected(http::Refusal{http::Status::bad_request, reason});
    }
    return found;
}

std::string next_page_prefix(const ListingQuery& query) {
    std::string prefix("?");
    const auto add = [&](std::string_view name, std::string_view value) {
        prefix.append(name).append("=").append(value).append("&");
    };
    if (query.column) add("sort", word_of(kColumns, *query.column));
    if (query.order) add("order", word_of(kOrders, *query.order));
    if (query.form) add("format", word_of(kForms, *query.form));
    if (query.limit) {
        prefix.append("limit=");
        base::append_decimal(prefix, *query.limit);
        prefix.push_back('&');
    }
    return prefix.append("after=");
}

}  // namespace listings
