// A site that tests upload to in parts.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "support/catch.h"
#include "support/write_answers.h"

namespace resumable {

using support::Answer;
using support::AnsweringSite;

inline constexpr std::string_view kPart = "Upload-Complete: ?0\r\n";
inline constexpr std::string_view kEnd = "Upload-Complete: ?1\r\n";
inline constexpr std::string_view kVersion = "Upload-Draft-Interop-Version: 8\r\n";
inline constexpr std::string_view kType = "Content-Type: application/partial-upload\r\n";
// Of "hello world\n".
inline constexpr std::string_view kHello = "hello world\n";
inline constexpr std::string_view kHello256 = "sha-256=:qUiQTy8PR5uPgZdpSzAYSw0u0cHNKh7A+4XSmaGSpEc=:";

struct Uploading : AnsweringSite {
    using AnsweringSite::AnsweringSite;

    /// The address of a new upload that has `body` already.
    std::string create(std::string_view target, std::string_view body, std::string_view fields = {}) {
        const Answer answer = put(target, body, std::string(kPart).append(fields));
        REQUIRE(answer.status() == 201);
        CHECK(answer.field("Upload-Complete") == "?0");
        CHECK(answer.field("Upload-Offset") == std::to_string(body.size()));
        return answer.field("Location");
    }
    Answer patch(std::string_view upload, std::size_t offset, std::string_view body, std::string_view fields) {
        const std::string lines =
            std::string(kType).append("Upload-Offset: ").append(std::to_string(offset)).append("\r\n").append(fields);
        return AnsweringSite::upload("PATCH", upload, body, lines);
    }
    [[nodiscard]] std::string offset(std::string_view upload) { return ask("HEAD", upload).field("Upload-Offset"); }
    /// The sink of a request that brings a body.
    std::unique_ptr<http::BodySink> open(std::string_view method, std::string_view target, std::string_view fields) {
        const support::ParsedRequest request(support::head(method, target, fields));
        auto decision = site->handle(*request);
        REQUIRE(std::holds_alternative<std::unique_ptr<http::BodySink>>(decision));
        return std::move(std::get<std::unique_ptr<http::BodySink>>(decision));
    }
    /// Names in the root that are not hidden.
    [[nodiscard]] std::vector<std::string> visible() const {
        std::vector<std::string> names = directory.list();
        std::erase_if(names, [](const std::string& name) { return name.front() == '.'; });
        return names;
    }
};

inline std::string part_head(std::size_t offset, std::size_t length, std::string_view more = kPart) {
    return std::string(kType)
        .append("Upload-Offset: " + std::to_string(offset) + "\r\nContent-Length: " + std::to_string(length) + "\r\n")
        .append(more);
}

inline std::string field_of(const http::Interim& interim, std::string_view name) {
    return std::string(interim.fields.find(name).value_or(std::string_view()));
}

}  // namespace resumable
