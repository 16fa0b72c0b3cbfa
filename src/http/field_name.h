// Names of the request fields that godwit looks at. A name is found by length and a few comparisons.
#pragma once

#include <cstdint>
#include <string_view>

namespace http {

enum class FieldName : std::uint8_t {
    other,
    accept,
    accept_encoding,
    access_control_request_headers,
    access_control_request_method,
    authorization,
    connection,
    content_digest,
    content_disposition,
    content_encoding,
    content_length,
    content_range,
    content_type,
    cookie,
    date,
    depth,
    destination,
    expect,
    forwarded,
    host,
    dav_if,
    if_match,
    if_modified_since,
    if_none_match,
    if_range,
    if_unmodified_since,
    keep_alive,
    lock_token,
    origin,
    overwrite,
    range,
    referer,
    repr_digest,
    te,
    timeout,
    trailer,
    transfer_encoding,
    upgrade,
    upload_complete,
    upload_draft_interop_version,
    upload_length,
    upload_offset,
    user_agent,
    want_content_digest,
    want_repr_digest,
    x_forwarded_for,
};

/// `other` when it is none of these. Case does not matter (RFC 9110 §5.1).
[[nodiscard]] FieldName find_field_name(std::string_view name);
/// The usual spelling, "Content-Length"; empty for `other`.
[[nodiscard]] std::string_view field_name_text(FieldName name);

}  // namespace http
