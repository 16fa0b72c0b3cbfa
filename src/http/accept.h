// Which of several media types a client would rather have (RFC 9110 §12.5.1). Called wherever an answer has more than
// one form. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "http/fields.h"

namespace http {

/// The index in `offered` ("text/html", "text/plain; charset=utf-8") of the best type: the greatest weight, of equal
/// ones the first offered. The most specific range that matches a type gives its weight. A charset parameter that the
/// offer does not state does not prevent a match. 0 without an Accept field; nullopt when none is acceptable or none is
/// offered.
[[nodiscard]] std::optional<std::size_t> choose_media_type(const Fields& fields, std::string_view text,
                                                           std::span<const std::string_view> offered);

/// True when Accept names `type` ("text/html") itself, not by a wildcard, with a weight above 0.
[[nodiscard]] bool names_media_type(const Fields& fields, std::string_view text, std::string_view type);

}  // namespace http
