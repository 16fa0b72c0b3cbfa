// Where a request's body ends (RFC 9112 §6.3), decided strictly: every doubt is an error, and the connection closes.
// Also Refusal, the value by which every part of the server refuses something.
#pragma once

#include <cstdint>
#include <string_view>

#include "http/fields.h"
#include "http/status.h"

namespace http {

struct Framing {
    enum class Kind : std::uint8_t { none, length, chunked };

    Kind kind = Kind::none;
    std::uint64_t length = 0;  ///< of the body in bytes; for Kind::length, may be 0
};

/// Whether a refusal is for a right that somebody else may have, so that signing in, or as somebody else, may help. A
/// refusal for what the request says, or for what the disk holds, is for everybody.
enum class MissingRight : std::uint8_t {
    none,       ///< it is for everybody
    at_path,    ///< a right at the path of the request, where it can be asked whether others have it
    of_others,  ///< a right elsewhere, and others have other rights there
};

/// Why a request is refused: for its head, its body or what it asks for. `reason` is one sentence for the client
/// that says what was wrong and what is right. It is a literal, or a part of the rules that a handler holds.
struct Refusal {
    Status status = Status::bad_request;
    std::string_view reason;
    std::string_view cause;  ///< a literal for the log, where that says what only the operator can do
    MissingRight missing = MissingRight::none;
};

/// 403 for a right that is missing at the path of the request.
[[nodiscard]] constexpr Refusal missing_right(std::string_view reason) {
    return {.status = Status::forbidden, .reason = reason, .cause = {}, .missing = MissingRight::at_path};
}

struct FramingResult {
    Framing framing;
    bool valid = true;
    Refusal refusal;  ///< meaningful when not valid
};

/// `minor_version`: Transfer-Encoding in HTTP/1.0 is faulty framing (RFC 9112 §6.1).
[[nodiscard]] FramingResult decide_framing(const Fields& fields, std::string_view text, int minor_version);

}  // namespace http
