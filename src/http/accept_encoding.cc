// Accept-Encoding.
#include "http/accept_encoding.h"

#include <algorithm>

#include "base/ascii.h"
#include "http/limits.h"
#include "http/parameters.h"

namespace http {
namespace {

/// Among equal weights the first of these wins: first the denser ones, then the one that is most widely read correctly.
constexpr std::array kServerOrder{Coding::br, Coding::zstd, Coding::gzip, Coding::deflate, Coding::identity};

}  // namespace

std::string_view coding_name(Coding coding) {
    switch (coding) {
        case Coding::identity: return {};
        case Coding::gzip: return "gzip";
        case Coding::deflate: return "deflate";
        case Coding::br: return "br";
        case Coding::zstd: return "zstd";
    }
    return {};
}

std::optional<Coding> find_coding(std::string_view name) {
    if (base::equals_ignoring_case(name, "gzip") || base::equals_ignoring_case(name, "x-gzip")) return Coding::gzip;
    if (base::equals_ignoring_case(name, "deflate")) return Coding::deflate;
    if (base::equals_ignoring_case(name, "br")) return Coding::br;
    if (base::equals_ignoring_case(name, "zstd")) return Coding::zstd;
    if (base::equals_ignoring_case(name, "identity")) return Coding::identity;
    return std::nullopt;
}

void AcceptedCodings::raise(Coding coding, std::uint16_t weight) {
    std::int16_t& known = weights_[static_cast<std::size_t>(coding)];
    known = std::max(known, static_cast<std::int16_t>(weight));
}

AcceptedCodings AcceptedCodings::parse_lines(const Fields& fields, std::string_view text) {
    AcceptedCodings accepted;
    accepted.present_ = true;
    std::size_t members = 0;
    for (const Field& field : fields) {
        if (field.known != FieldName::accept_encoding) continue;
        WeightedList list(field.value.of(text));
        WeightedMember member;
        while (list.next(member)) {
            if (++members > kMaxListMembers) return accepted;
            if (member.value == "*") {
                accepted.any_weight_ = std::max(accepted.any_weight_, static_cast<std::int16_t>(member.weight));
            } else if (const auto coding = find_coding(member.value)) {
                accepted.raise(*coding, member.weight);
            }
        }
    }
    return accepted;
}

/// In thousandths; 0 or less is not acceptable.
std::int16_t AcceptedCodings::weight_of(Coding coding) const {
    const std::int16_t listed = weights_[static_cast<std::size_t>(coding)];
    return listed == kUnlisted ? any_weight_ : listed;
}

std::optional<Coding> AcceptedCodings::choose(CodingSet available) const {
    if (!present_ && available.has(Coding::identity)) return Coding::identity;
    std::optional<Coding> best;
    std::int16_t best_weight = 0;
    for (const Coding coding : kServerOrder) {
        if (!available.has(coding)) continue;
        if (!present_) return coding;
        const std::int16_t weight = weight_of(coding);
        if (weight > best_weight) {
            best = coding;
            best_weight = weight;
        }
    }
    const bool identity_unmentioned = weight_of(Coding::identity) == kUnlisted;
    if (!best && identity_unmentioned && available.has(Coding::identity)) return Coding::identity;
    return best;
}

}  // namespace http
