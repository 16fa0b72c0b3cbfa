// Writes heads as a few copies of texts that already exist.
#include "http/head_writer.h"

#include <algorithm>
#include <cassert>
#include <charconv>

#include "http/put_text.h"

namespace http {

namespace {

constexpr std::string_view kVersion = "HTTP/1.1 ";
constexpr std::string_view kLength = "Content-Length: ";
constexpr std::string_view kChunked = "Transfer-Encoding: chunked\r\n";
constexpr std::string_view kEnd = "\r\n";
constexpr std::string_view kKeepAliveEnd = "Connection: keep-alive\r\n\r\n";
constexpr std::string_view kCloseEnd = "Connection: close\r\n\r\n";

/// Status line, shared lines, framing and Connection together stay below this.
constexpr std::size_t kFixedBytes = 256;

char* put_status_line(char* out, Status status) {
    switch (status) {
        case Status::ok: return put(out, "HTTP/1.1 200 OK\r\n");
        case Status::partial_content: return put(out, "HTTP/1.1 206 Partial Content\r\n");
        case Status::not_modified: return put(out, "HTTP/1.1 304 Not Modified\r\n");
        case Status::not_found: return put(out, "HTTP/1.1 404 Not Found\r\n");
        default: break;
    }
    out = put(out, kVersion);
    out = std::to_chars(out, out + 3, code(status)).ptr;
    *out++ = ' ';  // also in front of an empty reason (RFC 9112 §4)
    return put(put(out, reason_phrase(status)), kEnd);
}

char* put_framing(char* out, const Framing& framing) {
    switch (framing.kind) {
        case Framing::Kind::none: return out;
        case Framing::Kind::chunked: return put(out, kChunked);
        case Framing::Kind::length: break;
    }
    out = put(out, kLength);
    out = std::to_chars(out, out + 20, framing.length).ptr;
    return put(out, kEnd);
}

char* put_end(char* out, Persistence persistence) {
    switch (persistence) {
        case Persistence::implied: return put(out, kEnd);
        case Persistence::stated: return put(out, kKeepAliveEnd);
        case Persistence::close: break;
    }
    return put(out, kCloseEnd);
}

}  // namespace

/// The fields as lines that each end in CRLF (RFC 9112 §5).
class Http1Lines {
public:
    static std::string_view of(const FieldList& list) { return list.text_; }
    static std::string_view of(const FieldTail& tail) {
        if (tail.empty()) return {};
        const std::string_view text = tail.list_->text_;
        return {text.begin() + tail.list_->place(tail.first_).begin, text.end()};
    }
};

DateLine::DateLine() {
    std::ranges::copy(kServer, lines_.begin());
    std::ranges::copy(kName, lines_.begin() + kServer.size());
    std::ranges::copy(kEnd, lines_.end() - 2);
    rebuild(0);
}

void DateLine::rebuild(std::int64_t unix_seconds) {
    second_ = unix_seconds;
    format_date(unix_seconds, std::span<char, kDateBytes>(lines_.data() + kDateOffset, kDateBytes));
}

Framing response_framing(const Response& response, Method method, int minor_version) {
    const bool is_head = method == Method::head;
    if (response.status == Status::not_modified || (is_head && !forbids_content(response.status))) {
        if (response.stated_length) return {Framing::Kind::length, *response.stated_length};
    }
    if (forbids_content(response.status)) return {};
    if (const std::optional<std::uint64_t> bytes = body_bytes(response.body)) return {Framing::Kind::length, *bytes};
    return {minor_version > 0 ? Framing::Kind::chunked : Framing::Kind::none, 0};
}

bool ends_with_connection(const Response& response, Method method, int minor_version) {
    return minor_version == 0 && method != Method::head && !forbids_content(response.status) &&
           !body_bytes(response.body);
}

std::size_t head_bytes_bound(const Response& response) {
    return kFixedBytes + Http1Lines::of(response.prepared.fields).size() + Http1Lines::of(response.fields).size();
}

std::size_t write_head(const Response& response, const Framing& framing, Persistence persistence,
                       std::string_view shared_lines, std::span<std::byte> into) {
    assert(into.size() >= head_bytes_bound(response));
    auto* const begin = reinterpret_cast<char*>(into.data());
    char* out = put_status_line(begin, response.status);
    out = put(out, shared_lines);
    out = put(out, Http1Lines::of(response.prepared.fields));
    out = put(out, Http1Lines::of(response.fields));
    out = put_framing(out, framing);
    out = put_end(out, persistence);
    return static_cast<std::size_t>(out - begin);
}

void append_interim_head(std::string& out, const Interim& interim) {
    out.append("HTTP/1.1 ").append(std::to_string(code(interim.status))).append(" ");
    out.append(reason_phrase(interim.status)).append(kEnd).append(Http1Lines::of(interim.fields)).append(kEnd);
}

}  // namespace http
