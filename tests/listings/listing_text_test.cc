// A listing as text, a name a line.
#include "listings/listing_text.h"

#include "listings/listing_rows.h"
#include "support/catch.h"

using namespace listing_rows;

TEST_CASE("listing text: a name a line, whatever is in it", "[handlers][listing]") {
    const auto text = [](std::string_view name) { return written(listings::ListingText(), {file(name)}); };
    CHECK(written(listings::ListingText(), {folder("d"), file("f")}, "?after=f") == "d/\nf\n");
    CHECK(text(" a\tb\n\x7F") == " a\\x09b\\x0A\\x7F\n");
    CHECK(text("back\\slash") == "back\\\\slash\n");
    CHECK(text("\x1B[31m") == "\\x1B[31m\n");
    CHECK(text("\xC3\xA4\xFF\xC3") == "\xC3\xA4\\xFF\\xC3\n");
    CHECK(text("\xC2\x9B\xC2\xA0") == "\\xC2\\x9B\xC2\xA0\n");
}

TEST_CASE("listing text: that a search did not find all is a line that no name has", "[listing]") {
    listings::ListingText text;
    std::string out;
    text.closing(out, {.entries = 1, .next = {}, .rest = listings::ListingEnd::Rest::limit});
    CHECK(out == "\\ There are more. Search for more exact words, or in a folder below.\n");
    // A name that looks alike is escaped.
    CHECK(written(text, {file("\\ There")}) == "\\\\ There\n");
}

TEST_CASE("listing text: a row allocates nothing", "[handlers][listing]") {
    listings::ListingText text;
    CHECK(allocations_of_rows(text) == 0);
}
