// Status codes.
#include "http/status.h"

#include "support/catch.h"

using http::Status;

TEST_CASE("status: codes have the phrases of the registry", "[http][status]") {
    CHECK(http::reason_phrase(Status::ok) == "OK");
    CHECK(http::reason_phrase(Status::content_too_large) == "Content Too Large");
    CHECK(http::reason_phrase(Status::header_fields_too_large) == "Request Header Fields Too Large");
    CHECK(http::reason_phrase(Status::insufficient_storage) == "Insufficient Storage");
    CHECK(http::reason_phrase(static_cast<Status>(299)).empty());
}

TEST_CASE("status: interim answers, 204 and 304 forbid content", "[http][status]") {
    CHECK(http::forbids_content(static_cast<Status>(100)));
    CHECK(http::forbids_content(Status::no_content));
    CHECK(http::forbids_content(Status::not_modified));
    CHECK_FALSE(http::forbids_content(Status::ok));
    CHECK_FALSE(http::forbids_content(Status::bad_request));
}
