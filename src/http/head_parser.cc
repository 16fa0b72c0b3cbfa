// One pass over the head: memchr finds each line's end, tables and words of eight bytes check its content. A line is
// parsed once it is complete. An unfinished line is refused only by rules that give the same result wherever the input
// is cut.
#include "http/head_parser.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>

#include "base/ascii.h"
#include "base/eight_bytes.h"
#include "http/request_rules.h"

namespace http {

namespace {

constexpr std::size_t kVersionBytes = 8;
/// The first byte of a TLS connection (RFC 8446 §5.1).
constexpr char kTlsHandshake = 0x16;

constexpr std::string_view kBareLf = "a line ended in LF alone; HTTP lines end in CRLF (nc -C sends that)";
constexpr std::string_view kBareCr = "a CR stands without an LF behind it; HTTP lines end in CRLF";
constexpr std::string_view kBadRequestLine =
    "not an HTTP/1.1 request: its first line is not a method, a space, a request-target, a space and HTTP/1.1";
constexpr std::string_view kNoMethod = "not an HTTP/1.1 request: one begins with a method, such as GET";
constexpr std::string_view kTlsHello = "not an HTTP/1.1 request but a TLS hello: this port speaks plain HTTP";

constexpr auto kTokenBytes = [] {
    std::array<bool, 256> table{};
    for (std::size_t i = 1; i < 128; ++i) table[i] = base::is_token_char(static_cast<char>(i));
    return table;
}();

bool is_token_byte(char c) { return kTokenBytes[static_cast<unsigned char>(c)]; }

bool is_value_byte(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7F) || byte == '\t';
}

/// True when none of the eight bytes is a control byte (HTAB counts as one here).
bool has_no_control(const char* eight) {
    const base::EightBytes bytes(eight);
    return (bytes.below(0x20) | bytes.equal_to(0x7F)) == 0;
}

/// RFC 9110 §5.5: visible bytes, blanks and obs-text. At least eight bytes can be read before `end`; those in front of
/// `begin` are looked at too, as a shortcut.
bool is_value(const char* begin, const char* end) {
    const char* next = begin;
    for (; end - next >= 8; next += 8) {
        if (!has_no_control(next)) break;
    }
    if (end - next < 8 && (next == end || has_no_control(end - 8))) return true;
    for (; next < end; ++next) {
        if (!is_value_byte(*next)) return false;
    }
    return true;
}

/// Looks for the end of the method. The position behind it, at most kMaxMethodBytes + 1 after `begin`.
std::size_t find_method_end(std::string_view text, std::size_t begin) {
    const std::size_t limit = std::min(text.size(), begin + kMaxMethodBytes + 1);
    std::size_t end = begin;
    while (end < limit && is_token_byte(text[end])) ++end;
    return end;
}

std::size_t find_space(std::string_view text, std::size_t begin, std::size_t end) {
    const void* space = std::memchr(text.data() + begin, ' ', end - begin);
    return space == nullptr ? end : static_cast<std::size_t>(static_cast<const char*>(space) - text.data());
}

/// RFC 9112 §9.3.
void read_connection(Request& request) {
    request.keep_alive = request.minor_version > 0;
    if (!request.fields.has(FieldName::connection)) return;
    bool close = false;
    for_each_member(request, FieldName::connection, [&](std::string_view member) {
        if (base::equals_ignoring_case(member, "close")) close = true;
        if (base::equals_ignoring_case(member, "keep-alive")) request.keep_alive = true;
    });
    if (close) request.keep_alive = false;
}

}  // namespace

void HeadParser::reset() {
    stage_ = Stage::before_request_line;
    empty_lines_ = 0;
    position_ = 0;
    scanned_ = 0;
}

HeadParser::Outcome HeadParser::refuse(Status status, std::string_view reason) {
    refusal_ = {status, reason};
    return Outcome::invalid;
}

HeadParser::Outcome HeadParser::parse(std::string_view text, Request& request) {
    assert(stage_ != Stage::done);
    // Bytes behind the limit must not decide, because they may arrive later.
    text = text.substr(0, kMaxHeadBytes);
    if (stage_ == Stage::before_request_line) {
        const Outcome outcome = skip_empty_lines(text);
        if (stage_ == Stage::before_request_line) return outcome;
    }
    if (stage_ == Stage::request_line) {
        const LineEnd line = find_line_end(text);
        if (line.kind != LineEnd::Kind::crlf) return refuse_part_of_request_line(text, line, request);
        if (!parse_request_line(text, position_, line.end, request)) return Outcome::invalid;
        next_line(line);
        stage_ = Stage::fields;
    }
    return parse_fields(text, request);
}

HeadParser::Outcome HeadParser::skip_empty_lines(std::string_view text) {
    while (position_ < text.size()) {
        const char c = text[position_];
        if (c == '\n') return refuse(Status::bad_request, kBareLf);
        if (c != '\r') {
            if (!is_token_byte(c)) {
                return refuse(Status::bad_request, c == kTlsHandshake ? kTlsHello : kNoMethod);
            }
            scanned_ = position_;
            stage_ = Stage::request_line;
            return Outcome::need_more;
        }
        if (position_ + 1 == text.size()) return Outcome::need_more;
        if (text[position_ + 1] != '\n') return refuse(Status::bad_request, kBareCr);
        if (++empty_lines_ > kMaxEmptyLines) {
            return refuse(Status::bad_request, "too many empty lines stand before the request line");
        }
        position_ += 2;
    }
    return Outcome::need_more;
}

HeadParser::LineEnd HeadParser::find_line_end(std::string_view text) {
    const void* found = std::memchr(text.data() + scanned_, '\n', text.size() - scanned_);
    if (found == nullptr) {
        scanned_ = static_cast<std::uint32_t>(text.size());
        return {LineEnd::Kind::missing, scanned_};
    }
    const auto at = static_cast<std::uint32_t>(static_cast<const char*>(found) - text.data());
    if (at == position_ || text[at - 1] != '\r') return {LineEnd::Kind::bare_lf, at};
    return {LineEnd::Kind::crlf, at - 1};
}

void HeadParser::next_line(const LineEnd& line) {
    position_ = line.end + 2;
    scanned_ = position_;
}

/// Checks an unfinished request line, or one that a lone LF ends, so that the same bytes get the same answer however
/// they arrive.
HeadParser::Outcome HeadParser::refuse_part_of_request_line(std::string_view text, const LineEnd& line,
                                                            Request& request) {
    const std::string_view seen = text.substr(0, line.end);
    const std::size_t method_end = find_method_end(seen, position_);
    if (method_end - position_ > kMaxMethodBytes) return refuse(Status::not_implemented, kLongMethod);
    if (method_end < seen.size()) {
        if (seen[method_end] != ' ') return refuse(Status::bad_request, kBadRequestLine);
        // The method is noted at once, so that a HEAD is refused without content even when the rest never comes.
        request.method = parse_method(seen.substr(position_, method_end - position_));
        const std::size_t target = method_end + 1;
        if (seen.size() - target > kMaxTargetBytes) {
            const std::size_t space = find_space(seen, target, target + kMaxTargetBytes + 1);
            if (space - target > kMaxTargetBytes) return refuse(Status::uri_too_long, kLongTarget);
            if (seen.size() - space > 1 + kVersionBytes + 1) return refuse(Status::bad_request, kBadRequestLine);
        }
    }
    if (line.kind == LineEnd::Kind::bare_lf) return refuse(Status::bad_request, kBareLf);
    return Outcome::need_more;
}

bool HeadParser::parse_request_line(std::string_view text, std::size_t begin, std::size_t end, Request& request) {
    const auto invalid = [this](Status status, std::string_view reason) {
        refuse(status, reason);
        return false;
    };
    const std::size_t method_end = find_method_end(text, begin);
    if (method_end - begin > kMaxMethodBytes) return invalid(Status::not_implemented, kLongMethod);
    if (text[method_end] != ' ') return invalid(Status::bad_request, kBadRequestLine);
    request.method_text = {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(method_end - begin)};
    request.method = parse_method(request.method_text.of(text));

    const std::size_t target = method_end + 1;
    const std::size_t target_end = find_space(text, target, end);
    if (target_end - target > kMaxTargetBytes) return invalid(Status::uri_too_long, kLongTarget);
    // "GET /" alone is HTTP/0.9: it would be answered without a status line.
    if (target_end == end || end - target_end != 1 + kVersionBytes) {
        return invalid(Status::bad_request, kBadRequestLine);
    }
    const std::string_view version(text.data() + target_end + 1, kVersionBytes);
    if (version != "HTTP/1.1") {
        if (!version.starts_with("HTTP/") || !base::is_digit(version[5]) || version[6] != '.' ||
            !base::is_digit(version[7])) {
            return invalid(Status::bad_request, kBadRequestLine);
        }
        if (version[5] != '1') {
            return invalid(Status::version_not_supported, "only HTTP/1.1 and HTTP/1.0 are spoken here");
        }
    }
    request.minor_version = static_cast<std::uint8_t>(version[7] - '0');
    request.target_text = {static_cast<std::uint32_t>(target), static_cast<std::uint32_t>(target_end - target)};
    TargetError error = parse_target(text, request.target_text, request.method == Method::options, request.target);
    if (error == TargetError::none && request.target.is_https && !request.is_secure) error = TargetError::https_scheme;
    if (error == TargetError::none) return true;
    const Refusal refusal = target_refusal(error, request.method);
    return invalid(refusal.status, refusal.reason);
}

HeadParser::Outcome HeadParser::parse_fields(std::string_view text, Request& request) {
    while (position_ < text.size()) {
        const char first = text[position_];
        if (first == '\r') {
            if (position_ + 1 == text.size()) break;
            if (text[position_ + 1] != '\n') return refuse(Status::bad_request, kBareCr);
            position_ += 2;
            return finish(text, request);
        }
        if (base::is_blank(first)) {
            return refuse(Status::bad_request,
                          "a field line begins with a blank; folded lines and indented fields are not accepted");
        }
        const LineEnd line = find_line_end(text);
        if (line.kind == LineEnd::Kind::missing) break;
        if (line.kind == LineEnd::Kind::bare_lf) return refuse(Status::bad_request, kBareLf);
        if (!parse_field_line(text, position_, line.end, request)) return Outcome::invalid;
        next_line(line);
    }
    if (text.size() == kMaxHeadBytes) return refuse(Status::header_fields_too_large, kLongHead);
    return Outcome::need_more;
}

bool HeadParser::parse_field_line(std::string_view text, std::size_t begin, std::size_t end, Request& request) {
    const auto invalid = [this](std::string_view reason) {
        refuse(Status::bad_request, reason);
        return false;
    };
    // The CR at `end` is no token byte, so the loop ends there at the latest.
    std::size_t colon = begin;
    while (is_token_byte(text[colon])) ++colon;
    if (text[colon] != ':' || colon == begin) {
        if (colon == end) return invalid("a field line has no colon");
        if (base::is_blank(text[colon])) return invalid("a blank stands in or after a field name, before the colon");
        return invalid("a field name is empty or holds a byte that no name can");
    }
    std::size_t value = colon + 1;
    std::size_t value_end = end;
    while (value < value_end && base::is_blank(text[value])) ++value;
    while (value < value_end && base::is_blank(text[value_end - 1])) --value_end;
    // A request line is in front of every field: there are eight bytes before the value's end.
    if (!is_value(text.data() + value, text.data() + value_end)) {
        return invalid("a field value holds a control byte");
    }
    const Field field{
        .name = {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(colon - begin)},
        .value = {static_cast<std::uint32_t>(value), static_cast<std::uint32_t>(value_end - value)},
        .known = find_field_name({text.data() + begin, colon - begin}),
    };
    if (request.fields.add(field)) return true;
    refuse(Status::header_fields_too_large, kTooManyFields);
    return false;
}

/// Clients send the same Host with each request. False where there are two.
bool HeadParser::is_known_host(const Request& request) const {
    const Field* host = nullptr;
    for (const Field& field : request.fields) {
        if (field.known != FieldName::host) continue;
        if (host != nullptr) return false;
        host = &field;
    }
    return host != nullptr && host->value.of(request.text) == std::string_view(known_host_.data(), known_host_bytes_);
}

void HeadParser::keep_host(std::string_view host) {
    if (host.size() > known_host_.size()) return;
    known_host_bytes_ = static_cast<std::uint8_t>(host.copy(known_host_.data(), host.size()));
}

HeadParser::Outcome HeadParser::finish(std::string_view text, Request& request) {
    stage_ = Stage::done;
    request.text = {text.begin(), text.begin() + position_};

    // RFC 9112 §3.2: also when the target names the authority itself.
    if (request.fields.has(FieldName::host)) {
        if (!is_known_host(request)) {
            if (const std::string_view fault = host_fault(request); !fault.empty()) {
                return refuse(Status::bad_request, fault);
            }
            keep_host(*request.find(FieldName::host));
        }
    } else if (request.minor_version > 0) {
        return refuse(Status::bad_request, "there is no Host; HTTP/1.1 requires one, such as \"Host: localhost\"");
    }
    // Without these fields there is no content (RFC 9112 §6.3), as clear() has it.
    if (request.fields.has_any(FieldName::content_length, FieldName::transfer_encoding)) {
        const FramingResult framing = decide_framing(request.fields, request.text, request.minor_version);
        if (!framing.valid) return refuse(framing.refusal.status, framing.refusal.reason);
        request.framing = framing.framing;
    }
    read_connection(request);
    if (request.fields.has(FieldName::expect)) read_expectation(request);
    return Outcome::complete;
}

}  // namespace http
