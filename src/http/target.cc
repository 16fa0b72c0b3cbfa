// Targets. A path that needs neither decoding nor normalising, nearly every one, is found clean in the one pass that
// checks its bytes and is copied as it is.
#include "http/target.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>

#include "base/ascii.h"
#include "base/eight_bytes.h"
#include "base/escape.h"

namespace http {

namespace {

enum class PathByte : std::uint8_t { plain, slash, dot, percent, question, bad };

/// Bytes above 0x7E are no URI characters but what people type; they stay bytes. '#' would begin a fragment, which is
/// never sent (RFC 9112 §3.2), so two parties could cut there differently.
constexpr auto kPathBytes = [] {
    std::array<PathByte, 256> table{};
    for (std::size_t i = 0; i <= 0x20; ++i) table[i] = PathByte::bad;
    table[0x7F] = table['#'] = PathByte::bad;
    table['/'] = PathByte::slash;
    table['.'] = PathByte::dot;
    table['%'] = PathByte::percent;
    table['?'] = PathByte::question;
    return table;
}();

PathByte path_byte(char c) { return kPathBytes[static_cast<unsigned char>(c)]; }

enum class HostByte : std::uint8_t { bad, name, dot_or_dash, percent, colon };

/// unreserved and sub-delims (RFC 3986 §3.2.2), and what needs a second look.
constexpr auto kHostBytes = [] {
    std::array<HostByte, 256> table{};
    for (std::size_t i = 0; i < 128; ++i) {
        const char c = static_cast<char>(i);
        if (base::is_alpha(c) || base::is_digit(c)) table[i] = HostByte::name;
    }
    for (const char c : std::string_view("_~!$&'()*+,;=")) table[static_cast<unsigned char>(c)] = HostByte::name;
    table['-'] = table['.'] = HostByte::dot_or_dash;
    table['%'] = HostByte::percent;
    table[':'] = HostByte::colon;
    return table;
}();

/// Percent-decodes `raw`, whose bytes were checked, into `path`.
TargetError decode_path(std::string_view raw, Target& target) {
    std::string& path = target.path;
    path.clear();
    path.reserve(raw.size());
    for (std::size_t i = 0; i < raw.size(); ++i) {
        if (raw[i] != '%') {
            path.push_back(raw[i]);
            continue;
        }
        if (raw.size() - i < 3) return TargetError::bad_escape;
        const int high = base::hex_value(raw[i + 1]);
        const int low = base::hex_value(raw[i + 2]);
        if (high < 0 || low < 0) return TargetError::bad_escape;
        const int value = high * 16 + low;
        if (value == 0) return TargetError::escaped_nul;
        if (value == '/') {
            target.has_escaped_slash = true;
            path.append("%2F");
        } else {
            path.push_back(static_cast<char>(value));
        }
        i += 2;
    }
    return TargetError::none;
}

/// Folds runs of '/' and removes dot-segments in place. False when ".." would leave the root.
bool normalise_path(std::string& path) {
    std::size_t written = 0;
    std::size_t next = 0;
    while (next < path.size()) {
        while (next < path.size() && path[next] == '/') ++next;
        const std::size_t begin = next;
        while (next < path.size() && path[next] != '/') ++next;
        const std::string_view segment(path.data() + begin, next - begin);
        const bool is_last = next == path.size();
        if (segment == "..") {
            if (written == 0) return false;
            written = path.rfind('/', written - 1);
        } else if (!segment.empty() && segment != ".") {
            path[written++] = '/';
            for (std::size_t i = begin; i < next; ++i) path[written++] = path[i];
            continue;
        }
        if (is_last) path[written++] = '/';
    }
    path.resize(written);
    return true;
}

/// True when the eight bytes may all be copied as they are: none has to be refused or decoded, none ends the path, and
/// no slash has a slash or a dot behind it. `after_slash`: whether a slash is in front of them; set for the next eight.
/// May be false without need where a slash has a dot behind it, or the other way round.
bool is_clean(const char* eight, bool& after_slash) {
    const base::EightBytes bytes(eight);
    const std::uint64_t refused = bytes.below(0x21);
    const std::uint64_t ending = bytes.equal_to('?') | bytes.equal_to('#') | bytes.equal_to('%') | bytes.equal_to(0x7F);
    const std::uint64_t slashes = bytes.equal_to('/');
    const std::uint64_t behind_slashes = slashes << 8 | (after_slash ? std::uint64_t{0x80} : 0);
    after_slash = slashes >> 63 != 0;
    return (refused | ending | (behind_slashes & (slashes | bytes.equal_to('.')))) == 0;
}

/// What one look at every byte of path and query found.
struct Scan {
    std::size_t path_end = 0;
    bool clean = true;  ///< nothing to decode, fold or remove
    bool valid = true;
};

Scan scan_path(std::string_view raw) {
    Scan scan{.path_end = raw.size()};
    std::size_t i = 0;
    for (bool after_slash = false; raw.size() - i >= 8 && is_clean(raw.data() + i, after_slash);) i += 8;
    for (; i < raw.size(); ++i) {
        const PathByte kind = path_byte(raw[i]);
        if (kind == PathByte::plain) [[likely]]
            continue;
        switch (kind) {
            case PathByte::plain: break;
            case PathByte::slash:
            case PathByte::dot: scan.clean = scan.clean && (i == 0 || raw[i - 1] != '/'); break;
            case PathByte::percent: scan.clean = false; break;
            case PathByte::question: scan.path_end = i; return scan;
            case PathByte::bad: scan.valid = false; return scan;
        }
    }
    return scan;
}

/// `where`: from the path's '/' (or '?', or nothing) to the target's end.
TargetError parse_path_and_query(std::string_view text, Slice where, Target& target) {
    const std::string_view raw = where.of(text);
    const Scan scan = scan_path(raw);
    if (!scan.valid) return TargetError::bad_byte;
    const std::string_view raw_path(raw.begin(), raw.begin() + scan.path_end);
    if (scan.path_end < raw.size()) {
        for (const char c : raw.substr(scan.path_end)) {
            if (path_byte(c) == PathByte::bad) return TargetError::bad_byte;
        }
        target.has_query = true;
        const auto begin = where.offset + static_cast<std::uint32_t>(scan.path_end) + 1;
        target.query = {begin, where.offset + where.length - begin};
    }
    if (raw_path.empty()) {
        target.path = "/";
        return TargetError::none;
    }
    if (scan.clean) {
        target.path.assign(raw_path);
        return TargetError::none;
    }
    const TargetError error = decode_path(raw_path, target);
    if (error != TargetError::none) return error;
    return normalise_path(target.path) ? TargetError::none : TargetError::climbs;
}

bool has_only_digits(std::string_view text) { return std::ranges::all_of(text, base::is_digit); }

/// The length of the scheme when `raw` begins with one and a colon; 0 otherwise.
std::size_t scheme_bytes(std::string_view raw) {
    if (!base::is_alpha(raw[0])) return 0;
    for (std::size_t i = 1; i < raw.size(); ++i) {
        const char c = raw[i];
        if (c == ':') return i;
        if (!base::is_alpha(c) && !base::is_digit(c) && c != '+' && c != '-' && c != '.') return 0;
    }
    return 0;
}

TargetError parse_absolute(std::string_view text, Slice where, Target& target) {
    const std::string_view raw = where.of(text);
    const std::size_t scheme_end = scheme_bytes(raw);
    const std::size_t colon = raw.rfind(':');
    if (scheme_end == 0 || !raw.substr(scheme_end).starts_with("://")) {
        const bool has_port = colon != std::string_view::npos && colon + 1 < raw.size() &&
                              has_only_digits(raw.substr(colon + 1)) && is_valid_host(raw, false);
        return has_port ? TargetError::authority_form : TargetError::not_a_path;
    }
    const std::string_view scheme = raw.substr(0, scheme_end);
    target.is_https = base::equals_ignoring_case(scheme, "https");
    if (!target.is_https && !base::equals_ignoring_case(scheme, "http")) return TargetError::other_scheme;

    const std::size_t begin = scheme_end + 3;
    const std::size_t end = std::min(raw.find_first_of("/?", begin), raw.size());
    if (!is_valid_host(raw.substr(begin, end - begin), false)) return TargetError::bad_authority;
    target.form = Target::Form::absolute;
    target.authority = {where.offset + static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end - begin)};
    const auto end32 = static_cast<std::uint32_t>(end);
    return parse_path_and_query(text, {where.offset + end32, where.length - end32}, target);
}

/// 1*3DIGIT four times, each at most 255.
bool is_ipv4(std::string_view text) {
    for (int part = 0; part < 4; ++part) {
        const std::size_t dot = part < 3 ? text.find('.') : text.size();
        if (dot == std::string_view::npos || dot == 0 || dot > 3) return false;
        int value = 0;
        for (const char c : text.substr(0, dot)) {
            if (!base::is_digit(c)) return false;
            value = value * 10 + (c - '0');
        }
        if (value > 255) return false;
        text.remove_prefix(part < 3 ? dot + 1 : dot);
    }
    return true;
}

/// IPv6address of RFC 3986 §3.2.2: eight groups, or fewer around one "::"; the last two may be an IPv4 address.
bool is_ipv6(std::string_view text) {
    int groups = 0;
    bool shortened = text.starts_with("::");
    if (shortened) text.remove_prefix(2);
    while (!text.empty()) {
        std::size_t digits = 0;
        while (digits < text.size() && base::hex_value(text[digits]) >= 0) ++digits;
        if (digits < text.size() && text[digits] == '.') {
            if (!is_ipv4(text)) return false;
            groups += 2;
            break;
        }
        if (digits == 0 || digits > 4) return false;
        ++groups;
        text.remove_prefix(digits);
        if (text.empty()) break;
        if (text.starts_with("::")) {
            if (shortened) return false;
            shortened = true;
            text.remove_prefix(2);
        } else {
            if (text[0] != ':' || text.size() == 1) return false;
            text.remove_prefix(1);
        }
    }
    return shortened ? groups < 8 : groups == 8;
}

bool is_port(std::string_view port) { return port.size() <= 5 && has_only_digits(port); }

bool begins_with_escape(std::string_view text) {
    return text.size() >= 3 && base::hex_value(text[1]) >= 0 && base::hex_value(text[2]) >= 0;
}

/// reg-name or IPv4 with an optional port, with the one restriction that all names in use keep (RFC 1034 §3.5):
/// no label is empty or begins with '-'; a dot at the very end is the root's.
bool is_named_host(std::string_view host) {
    for (std::size_t i = 0; i < host.size(); ++i) {
        const HostByte kind = kHostBytes[static_cast<unsigned char>(host[i])];
        if (kind == HostByte::name) [[likely]]
            continue;
        switch (kind) {
            case HostByte::name: break;
            case HostByte::bad: return false;
            case HostByte::dot_or_dash:
                if (i == 0 || host[i - 1] == '.') return false;
                break;
            case HostByte::percent:
                if (!begins_with_escape(host.substr(i))) return false;
                break;
            case HostByte::colon: return i > 0 && is_port(host.substr(i + 1));
        }
    }
    return true;
}

}  // namespace

void Target::clear() {
    form = Form::origin;
    path.clear();
    query = {};
    has_query = false;
    has_escaped_slash = false;
    authority = {};
    is_https = false;
}

TargetError parse_target(std::string_view text, Slice where, bool is_options, Target& target) {
    if (where.length == 0) return TargetError::empty;
    const std::string_view raw = where.of(text);
    if (raw[0] == '/') return parse_path_and_query(text, where, target);
    if (raw == "*") {
        if (!is_options) return TargetError::asterisk_form;
        target.form = Target::Form::asterisk;
        target.path = "*";
        return TargetError::none;
    }
    return parse_absolute(text, where, target);
}

std::string_view target_error_text(TargetError error) {
    switch (error) {
        case TargetError::none: return "";
        case TargetError::empty: return "the request-target is empty; ask for /";
        case TargetError::not_a_path: return "the request-target is no path; it begins with / or is an http:// URI";
        case TargetError::bad_byte: return "the request-target holds a space, a # or a control byte; percent-encode it";
        case TargetError::bad_escape:
            return "a % in the request-target is not followed by two hexadecimal digits; a lone % is written %25";
        case TargetError::escaped_nul: return "the request-target holds %00, and no name can";
        case TargetError::climbs: return "the request-target climbs above the root with ..";
        case TargetError::bad_authority:
            return "the authority in the request-target is not a host with an optional port";
        case TargetError::authority_form:
            return "host:port as a request-target is for CONNECT, which this server does not do; begin with /";
        case TargetError::asterisk_form: return "the request-target * is for OPTIONS only";
        case TargetError::other_scheme: return "the request-target's scheme is not served here; use http";
        case TargetError::https_scheme: return "this connection is not secured, so https URIs are not served on it";
    }
    return "";
}

bool is_valid_host(std::string_view host, bool allow_empty) {
    if (host.empty()) return allow_empty;
    if (host[0] == '[') {
        const std::size_t close = host.find(']');
        if (close == std::string_view::npos || !is_ipv6(host.substr(1, close - 1))) return false;
        const std::string_view rest = host.substr(close + 1);
        return rest.empty() || (rest[0] == ':' && is_port(rest.substr(1)));
    }
    return is_named_host(host);
}

std::string encode_path(std::string_view path) {
    constexpr std::string_view kUnescaped = "-._~/!$&'()*+,;=:@";
    while (path.starts_with("//")) path.remove_prefix(1);
    std::string encoded;
    encoded.reserve(path.size());
    for (const char c : path) {
        if (base::is_alpha(c) || base::is_digit(c) || kUnescaped.find(c) != std::string_view::npos) {
            encoded.push_back(c);
        } else {
            base::append_percent_encoded(encoded, c);
        }
    }
    return encoded;
}

}  // namespace http
