// The fields of resumable uploads.
#include "http/upload_fields.h"

#include <optional>
#include <string>

#include "http/head_parser.h"
#include "http/head_writer.h"
#include "support/catch.h"

namespace {

http::UploadFields fields_of(const std::string& lines) {
    const std::string text = "PATCH /u HTTP/1.1\r\nHost: x\r\n" + lines + "\r\n";
    http::Request request;
    http::HeadParser parser;
    REQUIRE(parser.parse(text, request) == http::HeadParser::Outcome::complete);
    return http::UploadFields::of(request);
}

}  // namespace

TEST_CASE("upload fields: are read when they are well-formed", "[http][upload]") {
    const auto fields = fields_of(
        "Upload-Complete: ?0\r\nUpload-Offset: 12\r\nUpload-Length: 1234567890123\r\n"
        "Upload-Draft-Interop-Version: 8\r\n");
    CHECK(fields.complete == false);
    CHECK(fields.offset == 12);
    CHECK(fields.length == 1'234'567'890'123);
    CHECK(fields.takes_interim());
    CHECK_FALSE(fields_of("Upload-Draft-Interop-Version: 7\r\n").takes_interim());
    CHECK_FALSE(fields_of("").takes_interim());
}

TEST_CASE("upload fields: what is malformed, negative or repeated is ignored", "[http][upload]") {
    for (const std::string wrong : {"-1", "1.5", "abc", "10000000000000000", "?1", "1, 2", "\"1\""}) {
        INFO(wrong);
        CHECK_FALSE(fields_of("Upload-Offset: " + wrong + "\r\n").offset.has_value());
        CHECK_FALSE(fields_of("Upload-Length: " + wrong + "\r\n").length.has_value());
    }
    CHECK_FALSE(fields_of("Upload-Offset: 1\r\nUpload-Offset: 1\r\n").offset.has_value());
    CHECK_FALSE(fields_of("Upload-Complete: yes\r\n").complete.has_value());
    CHECK_FALSE(fields_of("Upload-Complete: ?1\r\nUpload-Complete: ?0\r\n").complete.has_value());
}

TEST_CASE("upload fields: the media type of an append", "[http][upload]") {
    CHECK(http::is_partial_upload("application/partial-upload"));
    CHECK(http::is_partial_upload("Application/Partial-Upload ; x=y"));
    CHECK_FALSE(http::is_partial_upload("application/partial-uploads"));
    CHECK_FALSE(http::is_partial_upload("application/*"));
    CHECK_FALSE(http::is_partial_upload(""));
}

TEST_CASE("upload fields: limits and problems as they are sent", "[http][upload]") {
    CHECK(http::upload_limit_value(0, 60) == "max-age=60");
    CHECK(http::upload_limit_value(1000, 0) == "max-size=1000, max-age=0");
    // Larger than a structured field can say.
    CHECK(http::upload_limit_value(UINT64_MAX, 1) == "max-size=999999999999999, max-age=1");
    const std::string json = http::upload_problem_json(http::UploadProblem::mismatching_offset, 12, 25);
    CHECK(json.find("#mismatching-upload-offset\"") != std::string::npos);
    CHECK(json.find("\"expected-offset\":12,\"provided-offset\":25}") != std::string::npos);
    const std::string completed = http::upload_problem_json(http::UploadProblem::completed_upload, 0, 0);
    CHECK(completed.find("#completed-upload\"") != std::string::npos);
    CHECK(completed.find("offset\":") == std::string::npos);
    CHECK(http::upload_problem_json(http::UploadProblem::inconsistent_length, 0, 0)
              .find("#inconsistent-upload-length\"") != std::string::npos);
}

TEST_CASE("head writer: an interim response is a status line, its fields and an empty line", "[http][head]") {
    std::string out;
    http::append_interim_head(out, {http::Status::upload_resumption_supported, http::FieldList{{"Location", "/u"}}});
    CHECK(out == "HTTP/1.1 104 Upload Resumption Supported\r\nLocation: /u\r\n\r\n");
}
