// Parameters behind a value, "; name=value; name=\"quoted\"" (RFC 9110 §5.6.6), and lists whose members carry a
// weight (§12.4.2). Used by negotiation, Content-Disposition and multipart. Pure; nothing is copied.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace http {

struct Parameter {
    std::string_view name;
    std::string_view value;  ///< without the quotes; escapes still in it when `quoted`
    bool quoted = false;
};

/// Walks over parameters. Stops at the first that is malformed; what came before it counts.
class ParameterReader {
public:
    /// `text`: what follows the value; empty or beginning with OWS or ';'.
    explicit ParameterReader(std::string_view text) : rest_(text) {}

    /// False at the end and at a malformed parameter.
    bool next(Parameter& parameter);
    [[nodiscard]] bool malformed() const { return malformed_; }

private:
    bool fail();

    std::string_view rest_;
    bool malformed_ = false;
};

/// A quoted value with its escapes undone. Only \" and \\ are escapes: clients send paths with plain backslashes.
[[nodiscard]] std::string unescape_quoted(std::string_view value);

/// A weight in thousandths, 0 to 1000; nullopt unless it is a qvalue exactly (RFC 9110 §12.4.2).
[[nodiscard]] std::optional<std::uint16_t> parse_weight(std::string_view text);

struct WeightedMember {
    std::string_view value;       ///< in front of the first ';', without OWS around it
    std::string_view parameters;  ///< everything between the value and the weight; for ParameterReader
    std::uint16_t weight = 1000;
};

/// Walks over the members of one line of Accept, Accept-Encoding …. Empty members are skipped, and so are those with
/// a malformed weight.
class WeightedList {
public:
    explicit WeightedList(std::string_view line) : rest_(line) {}

    bool next(WeightedMember& member);

private:
    std::string_view rest_;
};

}  // namespace http
