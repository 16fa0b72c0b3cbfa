// The request-target (RFC 9112 §3.2): which form, which path, which query. Decoded once, normalised, and refused when
// it climbs. Called by HeadParser; the path goes to the router and, below the root, to the kernel.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "http/fields.h"

namespace http {

struct Target {
    enum class Form : std::uint8_t { origin, absolute, asterisk };

    Form form = Form::origin;
    /// Percent-decoded once, dot-segments removed, runs of '/' folded to one; begins with '/'. Any byte but NUL.
    /// "*" for the asterisk form.
    std::string path;
    /// As it was sent, without '?'; a slice of the head's text.
    Slice query;
    bool has_query = false;
    /// The path holds %2F, which would be a separator for some and a letter for others; it stands undecoded in `path`.
    /// Such a path names no file, and may be a route of an application.
    bool has_escaped_slash = false;
    /// The authority of an absolute-form target; it wins over Host (RFC 9112 §3.2.2). A slice of the head's text.
    Slice authority;
    bool is_https = false;  ///< as the absolute form says

    void clear();
};

/// Why a target is refused. Each has a sentence (target_error_text) and a status (400, or 421 for https).
enum class TargetError : std::uint8_t {
    none,
    empty,
    not_a_path,      ///< neither "/…", "http://…" nor "*"
    bad_byte,        ///< a control byte, a space, '#', or a byte that a target cannot hold
    bad_escape,      ///< '%' without two hexadecimal digits
    escaped_nul,     ///< %00
    climbs,          ///< ".." above the root
    bad_authority,   ///< userinfo, empty host, or bytes that no host has
    authority_form,  ///< only for CONNECT
    asterisk_form,   ///< "*" with a method other than OPTIONS
    other_scheme,    ///< neither http nor https
    https_scheme,    ///< https on a plain connection (RFC 9110 §7.4): 421; found by the head's parser
};

/// Parses `raw`, the slice of `text` given by `where`, into `target`. `is_options`: the asterisk form is allowed.
[[nodiscard]] TargetError parse_target(std::string_view text, Slice where, bool is_options, Target& target);
[[nodiscard]] std::string_view target_error_text(TargetError error);

/// True for a valid Host value or authority without userinfo: reg-name, IPv4 or [IPv6], with an optional port
/// (RFC 9110 §7.2, RFC 3986 §3.2.2). An empty value is valid for Host; `allow_empty` says so.
[[nodiscard]] bool is_valid_host(std::string_view host, bool allow_empty);

/// A decoded path as a target again: every byte that is not unreserved, '/' or one of "!$&'()*+,;=:@" is escaped.
/// Never begins with "//". For Location, href and Content-Location.
[[nodiscard]] std::string encode_path(std::string_view path);

}  // namespace http
