// Accept.
#include "http/accept.h"

#include "base/ascii.h"
#include "http/limits.h"
#include "http/parameters.h"

namespace http {
namespace {

struct MediaType {
    std::string_view type;
    std::string_view subtype;
    std::string_view parameters;
};

std::optional<MediaType> split_media_type(std::string_view value, std::string_view parameters) {
    const std::size_t slash = value.find('/');
    if (slash == std::string_view::npos || slash == 0 || slash + 1 == value.size()) return std::nullopt;
    return MediaType{value.substr(0, slash), value.substr(slash + 1), parameters};
}

std::optional<std::string_view> find_parameter(std::string_view parameters, std::string_view name) {
    ParameterReader reader(parameters);
    Parameter parameter;
    while (reader.next(parameter)) {
        if (base::equals_ignoring_case(parameter.name, name)) return parameter.value;
    }
    return std::nullopt;
}

/// How many parameters of the range the offer has; nullopt when it lacks one or has another value.
std::optional<int> count_matching_parameters(const MediaType& range, const MediaType& offer) {
    int matching = 0;
    ParameterReader reader(range.parameters);
    Parameter parameter;
    while (reader.next(parameter)) {
        const auto value = find_parameter(offer.parameters, parameter.name);
        if (!value && base::equals_ignoring_case(parameter.name, "charset")) continue;
        if (!value || !base::equals_ignoring_case(*value, parameter.value)) return std::nullopt;
        ++matching;
    }
    return matching;
}

/// 0: no match; the greater, the more specific.
int specificity(const MediaType& range, const MediaType& offer) {
    if (range.type == "*") return range.subtype == "*" ? 1 : 0;
    if (!base::equals_ignoring_case(range.type, offer.type)) return 0;
    if (range.subtype == "*") return 2;
    if (!base::equals_ignoring_case(range.subtype, offer.subtype)) return 0;
    const auto parameters = count_matching_parameters(range, offer);
    return parameters ? 3 + *parameters : 0;
}

/// The weight that the field gives to one offer; 0 when no range matches it.
std::uint16_t weight_of(const Fields& fields, std::string_view text, const MediaType& offer) {
    std::uint16_t weight = 0;
    int best = 0;
    std::size_t members = 0;
    for (const Field& field : fields) {
        if (field.known != FieldName::accept) continue;
        WeightedList list(field.value.of(text));
        WeightedMember member;
        while (list.next(member) && ++members <= kMaxListMembers) {
            const auto range = split_media_type(member.value, member.parameters);
            const int match = range ? specificity(*range, offer) : 0;
            if (match > best || (match == best && match > 0 && member.weight > weight)) {
                best = match;
                weight = member.weight;
            }
        }
    }
    return weight;
}

}  // namespace

std::optional<std::size_t> choose_media_type(const Fields& fields, std::string_view text,
                                             std::span<const std::string_view> offered) {
    if (offered.empty()) return std::nullopt;
    if (!fields.has(FieldName::accept)) return 0;
    std::optional<std::size_t> best;
    std::uint16_t best_weight = 0;
    for (std::size_t i = 0; i < offered.size(); ++i) {
        const std::size_t semicolon = offered[i].find(';');
        const bool bare = semicolon == std::string_view::npos;
        const auto offer = split_media_type(base::trim_blanks(offered[i].substr(0, semicolon)),
                                            bare ? std::string_view() : offered[i].substr(semicolon));
        const std::uint16_t weight = offer ? weight_of(fields, text, *offer) : std::uint16_t{0};
        if (weight <= best_weight) continue;
        best = i;
        best_weight = weight;
    }
    return best;
}

bool names_media_type(const Fields& fields, std::string_view text, std::string_view type) {
    std::size_t members = 0;
    for (const Field& field : fields) {
        if (field.known != FieldName::accept) continue;
        WeightedList list(field.value.of(text));
        WeightedMember member;
        while (list.next(member) && ++members <= kMaxListMembers) {
            if (member.weight > 0 && base::equals_ignoring_case(member.value, type)) return true;
        }
    }
    return false;
}

}  // namespace http
