// The decision of RFC 9112 §6.3 for requests. Two parties that disagree here see different requests in the same bytes,
// so nothing is repaired: the connection ends unless there is exactly one length or one coding in its one valid form.
#include "http/framing.h"

#include "base/ascii.h"

namespace http {

namespace {

FramingResult refuse(Status status, std::string_view reason) {
    return {.framing = {}, .valid = false, .refusal = {status, reason}};
}

FramingResult accept(Framing::Kind kind, std::uint64_t length) {
    return {.framing = {kind, length}, .valid = true, .refusal = {}};
}

FramingResult decide_length(const Fields& fields, std::string_view text) {
    if (fields.count(FieldName::content_length) > 1) {
        return refuse(Status::bad_request, "there is more than one Content-Length; send it once");
    }
    const std::string_view value = *fields.find(FieldName::content_length, text);
    const std::optional<std::uint64_t> length = base::parse_decimal(value);
    if (!length) {
        return refuse(Status::bad_request, "the Content-Length is not a decimal number of bytes; send digits alone");
    }
    // Sums of two lengths must not wrap, and no file is longer.
    if (*length > static_cast<std::uint64_t>(INT64_MAX)) {
        return refuse(Status::content_too_large, "the Content-Length is larger than any file can be");
    }
    return accept(Framing::Kind::length, *length);
}

enum class Codings : std::uint8_t { none_yet, chunked, unknown, unknown_then_chunked, malformed, misplaced };

/// One more member of the joined list (RFC 9112 §6.1).
Codings add_coding(Codings before, std::string_view member) {
    if (before == Codings::chunked || before == Codings::unknown_then_chunked) return Codings::misplaced;
    if (base::equals_ignoring_case(member, "chunked")) {
        return before == Codings::none_yet ? Codings::chunked : Codings::unknown_then_chunked;
    }
    const std::string_view name = base::trim_blanks(member.substr(0, member.find(';')));
    if (name.empty() || base::equals_ignoring_case(name, "chunked")) return Codings::malformed;
    for (const char c : name) {
        if (!base::is_token_char(c)) return Codings::malformed;
    }
    return Codings::unknown;
}

Codings read_codings(const Fields& fields, std::string_view text) {
    Codings codings = Codings::none_yet;
    for (const Field& field : fields) {
        if (field.known != FieldName::transfer_encoding) continue;
        std::string_view rest = field.value.of(text);
        while (true) {
            const std::size_t comma = rest.find(',');
            codings = add_coding(codings, base::trim_blanks(rest.substr(0, comma)));
            if (codings == Codings::malformed || codings == Codings::misplaced) return codings;
            if (comma == std::string_view::npos) break;
            rest.remove_prefix(comma + 1);
        }
    }
    return codings;
}

FramingResult decide_coding(const Fields& fields, std::string_view text) {
    switch (read_codings(fields, text)) {
        case Codings::chunked: return accept(Framing::Kind::chunked, 0);
        case Codings::unknown:
        case Codings::unknown_then_chunked:
            return refuse(Status::not_implemented, "the Transfer-Encoding is not known here; send chunked alone");
        case Codings::misplaced:
            return refuse(Status::bad_request, "chunked is not the last transfer coding, or comes twice; send it once");
        default: return refuse(Status::bad_request, "the Transfer-Encoding cannot be read; send chunked alone");
    }
}

}  // namespace

FramingResult decide_framing(const Fields& fields, std::string_view text, int minor_version) {
    const bool has_length = fields.has(FieldName::content_length);
    if (!fields.has(FieldName::transfer_encoding)) {
        return has_length ? decide_length(fields, text) : accept(Framing::Kind::none, 0);
    }
    if (has_length) {
        return refuse(Status::bad_request, "there are both Content-Length and Transfer-Encoding; send one of them");
    }
    if (minor_version == 0) {
        return refuse(Status::bad_request, "HTTP/1.0 has no Transfer-Encoding; send Content-Length");
    }
    return decide_coding(fields, text);
}

}  // namespace http
