// Status codes that godwit sends (RFC 9110 §15, RFC 6585, RFC 4918, resumable uploads).
#pragma once

#include <cstdint>
#include <string_view>

namespace http {

enum class Status : std::uint16_t {
    upload_resumption_supported = 104,  ///< interim; draft-ietf-httpbis-resumable-upload §5
    ok = 200,
    created = 201,
    accepted = 202,
    no_content = 204,
    partial_content = 206,
    multi_status = 207,  ///< RFC 4918 §11.1
    moved_permanently = 301,
    see_other = 303,
    not_modified = 304,
    permanent_redirect = 308,
    bad_request = 400,
    unauthorized = 401,
    forbidden = 403,
    not_found = 404,
    method_not_allowed = 405,
    not_acceptable = 406,
    request_timeout = 408,
    conflict = 409,
    gone = 410,
    length_required = 411,
    precondition_failed = 412,
    content_too_large = 413,
    uri_too_long = 414,
    unsupported_media_type = 415,
    range_not_satisfiable = 416,
    expectation_failed = 417,
    misdirected_request = 421,
    unprocessable_content = 422,
    locked = 423,             ///< RFC 4918 §11.3
    failed_dependency = 424,  ///< RFC 4918 §11.4
    too_many_requests = 429,
    header_fields_too_large = 431,
    internal_server_error = 500,
    not_implemented = 501,
    bad_gateway = 502,  ///< RFC 4918 §9.9.4: the destination of a MOVE is on another server
    service_unavailable = 503,
    version_not_supported = 505,
    insufficient_storage = 507,
};

/// "OK", "Not Found" …; empty for a code that has none.
[[nodiscard]] std::string_view reason_phrase(Status status);
[[nodiscard]] constexpr int code(Status status) { return static_cast<int>(status); }
/// 1xx, 204 and 304 never have content (RFC 9110 §6.4.1).
[[nodiscard]] constexpr bool forbids_content(Status status) {
    return code(status) < 200 || status == Status::no_content || status == Status::not_modified;
}

}  // namespace http
