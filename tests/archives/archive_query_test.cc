// What asks for an archive, and what does not.
#include "archives/archive_query.h"

#include "support/catch.h"

using archives::ArchiveForm;
using archives::parse_archive_query;

TEST_CASE("archive query: the three forms, beside other parameters", "[archives]") {
    CHECK(parse_archive_query("archive=zip") == ArchiveForm::zip);
    CHECK(parse_archive_query("sort=name&archive=tar") == ArchiveForm::tar);
    CHECK(parse_archive_query("archive=tar%2Egz&limit=3") == ArchiveForm::tar_gz);
    for (const auto* query : {"", "sort=name", "archives=zip", "&&"}) {
        CAPTURE(query);
        CHECK(parse_archive_query(query) == std::nullopt);
    }
}

TEST_CASE("archive query: another value is refused with what is right", "[archives]") {
    for (const auto* query : {"archive=", "archive", "archive=rar", "archive=ZIP", "archive=zip&archive=zip"}) {
        CAPTURE(query);
        const auto parsed = parse_archive_query(query);
        REQUIRE_FALSE(parsed.has_value());
        CHECK(parsed.error().status == http::Status::bad_request);
    }
    CHECK(parse_archive_query("archive=rar").error().reason.find("?archive=zip") != std::string_view::npos);
}
