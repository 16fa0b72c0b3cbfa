// Requests for handlers, out of text, through the real parser; and what they answered as text.
#pragma once

#include <unistd.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "handler/handler.h"
#include "http/head_parser.h"
#include "http/request.h"
#include "http/response.h"
#include "support/field_lines.h"

/// Owns the text that the request points into.
class ParsedRequest {
public:
    /// `lines`: further fields, each ended by CRLF.
    explicit ParsedRequest(std::string_view method, std::string_view target, std::string_view lines = {},
                           std::uint64_t arrival = 0) {
        text_.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: a\r\n").append(lines).append("\r\n");
        http::HeadParser parser;
        if (parser.parse(text_, request_) != http::HeadParser::Outcome::complete) {
            throw std::runtime_error("the request of a test is no request: " + text_);
        }
        request_.arrival = arrival;
    }
    ParsedRequest(const ParsedRequest&) = delete;
    ParsedRequest& operator=(const ParsedRequest&) = delete;

    [[nodiscard]] const http::Request& get() const { return request_; }

private:
    std::string text_;
    http::Request request_;
};

/// A response taken apart, its body read to the end, but for HEAD.
struct Answer {
    int status = 0;
    std::string lines;  ///< all field lines
    std::string body;
    std::optional<std::uint64_t> length;  ///< as the head would state it; nullopt: not known before the end
    bool failed = false;

    /// The value of the first field of that name; "-" when there is none.
    [[nodiscard]] std::string field(std::string_view name) const {
        const std::string start = std::string(name) + ": ";
        std::size_t at = 0;
        while (at < lines.size()) {
            const std::size_t end = lines.find("\r\n", at);
            if (lines.compare(at, start.size(), start) == 0) {
                return lines.substr(at + start.size(), end - at - start.size());
            }
            at = end + 2;
        }
        return "-";
    }
};

inline void append_piece(std::string& text, const http::Piece& piece) {
    if (const auto* own = std::get_if<std::string>(&piece)) {
        text += *own;
    } else if (const auto* blob = std::get_if<http::Blob>(&piece)) {
        text.append(reinterpret_cast<const char*>(blob->bytes.data()), blob->bytes.size());
    } else {
        const auto& slice = std::get<http::FileSlice>(piece);
        std::string bytes(slice.length, '?');
        const auto got =
            ::pread(slice.file->descriptor(), bytes.data(), bytes.size(), static_cast<off_t>(slice.offset));
        if (got != static_cast<ssize_t>(bytes.size())) throw std::runtime_error("a slice is not in its file");
        text += bytes;
    }
}

/// Work that needs no disk queue is asked again until it answers.
inline Answer take_answer(handler::Decision decision, http::Method method = http::Method::get) {
    while (const auto* pending = std::get_if<std::unique_ptr<http::PendingResponse>>(&decision)) {
        if (auto response = (*pending)->advance(0)) decision = std::move(*response);
    }
    auto& response = std::get<http::Response>(decision);
    Answer answer;
    answer.status = http::code(response.status);
    answer.lines = support::field_lines(response);
    answer.length = response.stated_length ? response.stated_length : http::body_bytes(response.body);
    if (method == http::Method::head) return answer;
    if (const auto* piece = std::get_if<http::Piece>(&response.body)) append_piece(answer.body, *piece);
    if (const auto* pieces = std::get_if<std::vector<http::Piece>>(&response.body)) {
        for (const auto& piece : *pieces) append_piece(answer.body, piece);
    }
    if (auto* source = std::get_if<std::unique_ptr<http::BodySource>>(&response.body)) {
        std::vector<std::byte> room(1500);
        for (;;) {
            const auto pulled = (*source)->pull(room);
            answer.body.append(reinterpret_cast<const char*>(room.data()), pulled.bytes);
            answer.failed = pulled.outcome == http::BodySource::Outcome::failed;
            if (pulled.outcome != http::BodySource::Outcome::produced) break;
        }
    }
    return answer;
}
