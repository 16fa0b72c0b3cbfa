// Which content coding a client takes (RFC 9110 §12.5.3). Called for every GET and HEAD of a file or a listing. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "http/fields.h"

namespace http {

enum class Coding : std::uint8_t { identity, gzip, deflate, br, zstd };
inline constexpr std::size_t kCodings = 5;

/// For Content-Encoding: "gzip" …; empty for identity.
[[nodiscard]] std::string_view coding_name(Coding coding);
/// "gzip" and "x-gzip" … in any case (RFC 9110 §8.4.1).
[[nodiscard]] std::optional<Coding> find_coding(std::string_view name);

class CodingSet {
public:
    constexpr CodingSet() = default;
    template <class... Codings>
    constexpr explicit CodingSet(Codings... codings) : bits_((bit(codings) | ... | 0U)) {}
    constexpr void add(Coding coding) { bits_ |= bit(coding); }
    [[nodiscard]] constexpr bool has(Coding coding) const { return (bits_ & bit(coding)) != 0; }
    friend constexpr bool operator==(CodingSet, CodingSet) = default;

private:
    static constexpr std::uint32_t bit(Coding coding) { return 1U << static_cast<unsigned>(coding); }
    std::uint32_t bits_ = 0;
};

/// What one request says about codings.
class AcceptedCodings {
public:
    AcceptedCodings() { weights_.fill(kUnlisted); }

    /// All lines of Accept-Encoding together. Unknown codings and malformed members are ignored; of two members for
    /// one coding the greater weight counts. Without the field everything is acceptable.
    [[nodiscard]] static AcceptedCodings parse(const Fields& fields, std::string_view text) {
        return fields.has(FieldName::accept_encoding) ? parse_lines(fields, text) : AcceptedCodings();
    }

    /// The best of `available`: the greatest weight, and of equal ones br, zstd, gzip, deflate, identity in this order.
    /// Identity that is not mentioned is the last resort. Without the field identity comes first.
    /// nullopt: none is acceptable.
    [[nodiscard]] std::optional<Coding> choose(CodingSet available) const;

private:
    static constexpr std::int16_t kUnlisted = -1;

    static AcceptedCodings parse_lines(const Fields& fields, std::string_view text);
    void raise(Coding coding, std::uint16_t weight);
    [[nodiscard]] std::int16_t weight_of(Coding coding) const;

    std::array<std::int16_t, kCodings> weights_;
    std::int16_t any_weight_ = kUnlisted;
    bool present_ = false;
};

}  // namespace http
