// Chunked bodies byte by byte through one switch; chunk content in spans. The grammar is followed strictly: a lenient
// parser would let a second request hide in a body.
#include "http/body_decoder.h"

#include <algorithm>

#include "base/ascii.h"
#include "http/request_rules.h"

namespace http {

namespace {

constexpr std::string_view kBareLf =
    "a line of the chunked body ended in LF alone; lines end in CRLF (nc -C sends that)";
constexpr std::string_view kBareCr = "a CR in the chunked body's framing stands without an LF behind it";
constexpr std::string_view kBadExtension = "a chunk extension is not ;name or ;name=value";
constexpr std::string_view kBadTrailer = "a trailer field is not a name, a colon and a value";

constexpr std::uint64_t kMaxBodyBytes = INT64_MAX;

bool is_quotable(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7F) || byte == '\t';
}

}  // namespace

void BodyDecoder::start(const Framing& framing) {
    switch (framing.kind) {
        case Framing::Kind::none: stage_ = Stage::complete; break;
        case Framing::Kind::length: stage_ = framing.length > 0 ? Stage::length : Stage::complete; break;
        case Framing::Kind::chunked: stage_ = Stage::size_start; break;
    }
    left_ = framing.kind == Framing::Kind::length ? framing.length : 0;
    body_bytes_ = 0;
    size_digits_ = 0;
    extension_bytes_ = 0;
    trailer_text_.clear();
}

BodyDecoder::Step BodyDecoder::decode(std::span<const std::byte> input) {
    switch (stage_) {
        case Stage::complete: return {Outcome::complete};
        case Stage::failed: return {Outcome::invalid};
        case Stage::length: return decode_length(input);
        default: return decode_chunked(input);
    }
}

BodyDecoder::Step BodyDecoder::decode_length(std::span<const std::byte> input) {
    if (input.empty()) return {Outcome::need_more};
    const auto bytes = static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size()));
    left_ -= bytes;
    body_bytes_ += bytes;
    if (left_ == 0) stage_ = Stage::complete;
    return {Outcome::data, bytes, input.first(bytes)};
}

BodyDecoder::Step BodyDecoder::decode_chunked(std::span<const std::byte> input) {
    for (std::size_t i = 0; i < input.size(); ++i) {
        if (stage_ == Stage::chunk) {
            const auto bytes = static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size() - i));
            left_ -= bytes;
            body_bytes_ += bytes;
            if (left_ == 0) stage_ = Stage::chunk_cr;
            return {Outcome::data, i + bytes, input.subspan(i, bytes)};
        }
        if (!take_framing_byte(static_cast<char>(input[i]))) return {Outcome::invalid, i + 1};
        if (stage_ == Stage::complete) return {Outcome::complete, i + 1};
    }
    return {Outcome::need_more, input.size()};
}

bool BodyDecoder::refuse(Status status, std::string_view reason) {
    stage_ = Stage::failed;
    refusal_ = {status, reason};
    return false;
}

bool BodyDecoder::refuse_byte(char c, std::string_view reason) {
    return refuse(Status::bad_request, c == '\n' ? kBareLf : reason);
}

bool BodyDecoder::take_framing_byte(char c) {
    switch (stage_) {
        case Stage::size_start:
        case Stage::size: return take_size_byte(c);
        case Stage::extension_start:
        case Stage::extension_name:
        case Stage::extension_name_gap:
        case Stage::extension_value_start:
        case Stage::extension_value:
        case Stage::extension_value_gap:
        case Stage::quoted:
        case Stage::quoted_pair:
        case Stage::quoted_end: return take_extension_byte(c);
        case Stage::size_lf: return c == '\n' ? end_size_line() : refuse(Status::bad_request, kBareCr);
        case Stage::chunk_cr:
            if (c != '\r') return refuse_byte(c, "a chunk is longer than its size says, or no CRLF follows it");
            stage_ = Stage::chunk_lf;
            return true;
        case Stage::chunk_lf:
            if (c != '\n') return refuse(Status::bad_request, kBareCr);
            stage_ = Stage::size_start;
            size_digits_ = 0;
            return true;
        default: return take_trailer_byte(c);
    }
}

bool BodyDecoder::take_size_byte(char c) {
    const int digit = base::hex_value(c);
    if (digit >= 0) {
        if (++size_digits_ > kMaxChunkSizeDigits) {
            return refuse(Status::bad_request, "a chunk size has more than 16 hexadecimal digits");
        }
        left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
        stage_ = Stage::size;
        return true;
    }
    if (stage_ == Stage::size && (c == '\r' || c == ';')) return end_size(c);
    return refuse_byte(c, "a chunk does not begin with its size in hexadecimal digits alone");
}

bool BodyDecoder::end_size(char c) {
    // Sums of lengths must not wrap, and no file is longer.
    if (left_ > kMaxBodyBytes - body_bytes_) {
        return refuse(Status::content_too_large, "a chunk is larger than any file can be");
    }
    if (c == '\r') {
        stage_ = Stage::size_lf;
        return true;
    }
    stage_ = Stage::extension_start;
    ++extension_bytes_;
    return true;
}

bool BodyDecoder::end_size_line() {
    stage_ = left_ > 0 ? Stage::chunk : Stage::trailer_start;
    return true;
}

/// chunk-ext of RFC 9112 §7.1.1: checked and counted, and otherwise ignored.
bool BodyDecoder::take_extension_byte(char c) {
    if (++extension_bytes_ > kMaxChunkExtensionBytes) {
        return refuse(Status::content_too_large, "the chunk extensions of the body are longer than 16384 bytes");
    }
    switch (stage_) {
        case Stage::extension_start:
            if (base::is_blank(c)) return true;
            if (!base::is_token_char(c)) return refuse_byte(c, kBadExtension);
            stage_ = Stage::extension_name;
            return true;
        case Stage::extension_name:
            if (base::is_token_char(c)) return true;
            if (c == '\r') {
                stage_ = Stage::size_lf;
                return true;
            }
            [[fallthrough]];
        case Stage::extension_name_gap:
            if (base::is_blank(c)) {
                stage_ = Stage::extension_name_gap;
            } else if (c == '=') {
                stage_ = Stage::extension_value_start;
            } else if (c == ';') {
                stage_ = Stage::extension_start;
            } else {
                return refuse_byte(c, kBadExtension);
            }
            return true;
        default: return take_extension_value_byte(c);
    }
}

bool BodyDecoder::take_extension_value_byte(char c) {
    switch (stage_) {
        case Stage::extension_value_start:
            if (base::is_blank(c)) return true;
            if (c != '"' && !base::is_token_char(c)) return refuse_byte(c, kBadExtension);
            stage_ = c == '"' ? Stage::quoted : Stage::extension_value;
            return true;
        case Stage::quoted:
            if (!is_quotable(c)) return refuse_byte(c, kBadExtension);
            if (c == '"') stage_ = Stage::quoted_end;
            if (c == '\\') stage_ = Stage::quoted_pair;
            return true;
        case Stage::quoted_pair:
            if (!is_quotable(c)) return refuse_byte(c, kBadExtension);
            stage_ = Stage::quoted;
            return true;
        case Stage::extension_value:
            if (base::is_token_char(c)) return true;
            break;
        default: break;
    }
    // Behind a value: the line's end directly, another extension, or blanks that only another extension may follow.
    if (c == '\r' && stage_ != Stage::extension_value_gap) {
        stage_ = Stage::size_lf;
    } else if (c == ';') {
        stage_ = Stage::extension_start;
    } else if (base::is_blank(c)) {
        stage_ = Stage::extension_value_gap;
    } else {
        return refuse_byte(c, kBadExtension);
    }
    return true;
}

/// The trailer section: the same strictness as for the head's fields.
bool BodyDecoder::take_trailer_byte(char c) {
    if (stage_ == Stage::end_lf) {
        if (c != '\n') return refuse(Status::bad_request, kBareCr);
        stage_ = Stage::complete;
        return true;
    }
    if (stage_ == Stage::trailer_start && c == '\r') {
        stage_ = Stage::end_lf;
        return true;
    }
    if (trailer_text_.size() == kMaxTrailerBytes) {
        return refuse(Status::header_fields_too_large, kLongTrailers);
    }
    trailer_text_.push_back(c);
    switch (stage_) {
        case Stage::trailer_start:
            if (!base::is_token_char(c)) return refuse_byte(c, kBadTrailer);
            stage_ = Stage::trailer_name;
            return true;
        case Stage::trailer_name:
            if (c == ':') {
                stage_ = Stage::trailer_value;
                return true;
            }
            return base::is_token_char(c) ? true : refuse_byte(c, kBadTrailer);
        case Stage::trailer_value:
            if (c == '\r') {
                stage_ = Stage::trailer_lf;
                return true;
            }
            return is_quotable(c) ? true : refuse_byte(c, "a trailer field's value holds a control byte");
        default:
            if (c != '\n') return refuse(Status::bad_request, kBareCr);
            stage_ = Stage::trailer_start;
            return true;
    }
}

}  // namespace http
