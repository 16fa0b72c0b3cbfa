// The text of the head is kept as HTTP/1 would have written it, as far as fields go, so that both versions count its
// bytes alike.
#include "http/head_builder.h"

#include "base/ascii.h"
#include "http/limits.h"
#include "http/request_rules.h"

namespace http {
namespace {

/// A field's line has these besides name and value.
constexpr std::string_view kColon = ": ";
constexpr std::string_view kLineEnd = "\r\n";

bool is_known_scheme(std::string_view scheme) {
    return base::equals_ignoring_case(scheme, "http") || base::equals_ignoring_case(scheme, "https");
}

}  // namespace

void HeadBuilder::reset() {
    text_.clear();
    scheme_.reset();
    authority_.reset();
    refusal_.reset();
    dropped_ = 0;
}

/// The first reason counts, as it does where a head is read from its beginning.
void HeadBuilder::refuse(Status status, std::string_view reason) {
    if (!refusal_) refusal_ = {status, reason};
}

bool HeadBuilder::has_room_for(std::size_t bytes) const {
    return bytes <= kMaxHeadBytes && text_.size() <= kMaxHeadBytes - bytes;
}

Slice HeadBuilder::keep(std::string_view text) {
    const Slice slice{static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(text.size())};
    text_.append(text);
    return slice;
}

void HeadBuilder::add(std::string_view name, std::string_view value, Request& request) {
    if (name.starts_with(':')) {
        add_pseudo(name, value, request);
        return;
    }
    if (!has_room_for(name.size() + value.size() + kColon.size() + kLineEnd.size())) {
        ++dropped_;
        refuse(Status::header_fields_too_large, kLongHead);
        return;
    }
    const Slice name_slice = keep(name);
    keep(kColon);
    const Slice value_slice = keep(value);
    keep(kLineEnd);
    if (!request.fields.add({name_slice, value_slice, find_field_name(name)})) {
        ++dropped_;
        refuse(Status::header_fields_too_large, kTooManyFields);
    }
}

void HeadBuilder::add_pseudo(std::string_view name, std::string_view value, Request& request) {
    const bool is_method = name == ":method";
    const bool is_path = name == ":path";
    if (is_method && value.size() > kMaxMethodBytes) return refuse(Status::not_implemented, kLongMethod);
    if (is_path && value.size() > kMaxTargetBytes) return refuse(Status::uri_too_long, kLongTarget);
    if (!has_room_for(value.size() + kLineEnd.size())) {
        ++dropped_;
        return refuse(Status::header_fields_too_large, kLongHead);
    }
    const Slice slice = keep(value);
    keep(kLineEnd);
    if (is_method) {
        request.method_text = slice;
        request.method = parse_method(value);
    } else if (is_path) {
        request.target_text = slice;
    } else if (name == ":scheme") {
        scheme_ = slice;
    } else if (name == ":authority") {
        authority_ = slice;
    } else {
        refuse(Status::bad_request, "a pseudo-field is not known here");
    }
}

std::optional<Refusal> HeadBuilder::finish(bool has_end, Request& request) {
    request.major_version = 2;
    if (!refusal_) read_target(request);
    if (!refusal_) read_authority(request);
    if (!refusal_) join_cookies(request);
    request.text = text_;  // no field is added any more
    if (!refusal_) {
        if (const std::string_view fault = host_fault(request); !fault.empty()) refuse(Status::bad_request, fault);
    }
    if (!refusal_) read_framing(has_end, request);
    if (!refusal_ && request.fields.has(FieldName::expect)) read_expectation(request);
    return refusal_;
}

/// The path with its query; it names no scheme and no host (RFC 9113 §8.3.1).
void HeadBuilder::read_target(Request& request) {
    const std::string_view path = request.target_text.of(text_);
    if (request.method == Method::connect) {
        refusal_ = target_refusal(TargetError::authority_form, request.method);
        return;
    }
    if (!scheme_ || !is_known_scheme(scheme_->of(text_))) {
        refusal_ = target_refusal(TargetError::other_scheme, request.method);
        return;
    }
    TargetError error = TargetError::not_a_path;
    if (path.starts_with('/') || path == "*") {
        error = parse_target(text_, request.target_text, request.method == Method::options, request.target);
    }
    if (error != TargetError::none) refusal_ = target_refusal(error, request.method);
}

/// The authority stands for Host; where both are sent they name the same (RFC 9113 §8.3.1).
void HeadBuilder::read_authority(Request& request) {
    const bool has_host = request.fields.has(FieldName::host);
    if (!authority_) {
        if (!has_host) refuse(Status::bad_request, "there is neither :authority nor Host; send :authority");
        return;
    }
    if (!is_valid_host(authority_->of(text_), false)) {
        refusal_ = target_refusal(TargetError::bad_authority, request.method);
        return;
    }
    if (has_host) {
        const std::string_view host = *request.fields.find(FieldName::host, text_);
        if (base::equals_ignoring_case(host, authority_->of(text_))) return;
        refuse(Status::bad_request, "the Host is another one than :authority; send :authority alone");
        return;
    }
    const Slice name = keep("host");
    if (!request.fields.add({name, *authority_, FieldName::host})) {
        refuse(Status::header_fields_too_large, kTooManyFields);
    }
}

/// Clients send the parts of a Cookie apart, because they are coded better so (RFC 9113 §8.2.3). Everybody else knows
/// one field.
void HeadBuilder::join_cookies(Request& request) {
    if (request.fields.count(FieldName::cookie) < 2) return;
    std::string joined;
    Fields others;
    Slice name;
    for (const Field& field : request.fields) {
        if (field.known != FieldName::cookie) {
            (void)others.add(field);
            continue;
        }
        name = field.name;
        if (!joined.empty()) joined += "; ";
        joined += field.value.of(text_);
    }
    (void)others.add({name, keep(joined), FieldName::cookie});
    request.fields = others;
}

void HeadBuilder::read_framing(bool has_end, Request& request) {
    const FramingResult decided = decide_framing(request.fields, request.text, request.minor_version);
    if (!decided.valid) {
        refusal_ = decided.refusal;
        return;
    }
    request.framing = decided.framing;
    // Where no length is said, the end comes with the last frame, as it comes with the last chunk in HTTP/1.
    if (decided.framing.kind == Framing::Kind::none && !has_end) request.framing.kind = Framing::Kind::chunked;
}

}  // namespace http
