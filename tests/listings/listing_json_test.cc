// A listing as JSON, entry by entry.
#include "listings/listing_json.h"

#include "listings/listing_rows.h"
#include "support/catch.h"

using namespace listing_rows;

TEST_CASE("listing json: an object with its entries", "[handlers][listing]") {
    CHECK(written(listings::ListingJson({.path = "/a \"b\"/"}), {}) ==
          "{\"path\":\"/a \\\"b\\\"/\",\"sort\":\"name\",\"order\":\"asc\",\"entries\":[],\"next\":null}\n");
    CHECK(written(
              listings::ListingJson(
                  {.path = "/", .column = listings::ListingColumn::size, .order = listings::ListingOrder::descending}),
              {folder("d"), file("f")}, "?limit=1&after=f") ==
          "{\"path\":\"/\",\"sort\":\"size\",\"order\":\"desc\",\"entries\":[\n"
          "{\"name\":\"d\",\"href\":\"./d/\",\"type\":\"directory\",\"size\":null,"
          "\"mtime\":\"1994-11-06T08:49:37.000000050Z\",\"etag\":null},\n"
          "{\"name\":\"f\",\"href\":\"./f\",\"type\":\"file\",\"size\":5,\"mtime\":\"1994-11-06T08:49:37Z\","
          "\"etag\":\"\\\"t\\\"\",\"media_type\":\"text/plain\"}\n"
          "],\"next\":\"?limit=1&after=f\"}\n");
    CHECK(written(listings::ListingJson({.path = "/", .extent = ListingView::Extent::unsorted}), {}) ==
          "{\"path\":\"/\",\"sort\":null,\"order\":null,\"entries\":[],\"next\":null}\n");
}

TEST_CASE("listing json: any name is honest as a name and right as a link", "[handlers][listing]") {
    const auto row = [](std::string_view name) {
        const std::string text = written(listings::ListingJson({.path = "/"}), {file(name)});
        const auto begin = text.find("{\"name\":") + 8;
        return text.substr(begin, text.find(",\"type\"") - begin);
    };
    CHECK(row("\"\\\n") == R"("\"\\\n","href":"./%22%5C%0A")");
    CHECK(row("a:b%20?#+&") == R"("a:b%20?#+&","href":"./a%3Ab%2520%3F%23%2B%26")");
    CHECK(row("\xFF\xC3\xA4") == "\"\\ufffd\xC3\xA4\",\"href\":\"./%FF%C3%A4\"");
    CHECK(row("<script>").ends_with("\"href\":\"./%3Cscript%3E\"") == true);
}

TEST_CASE("listing json: what was found says whether it is all", "[listing]") {
    const auto json = [](std::size_t entries, listings::ListingEnd::Rest rest) {
        listings::ListingJson format({.path = "/a/", .extent = ListingView::Extent::found, .search = "b \"*\""});
        std::string out;
        format.opening(out);
        if (entries > 0) format.row(out, folder("x/y z"));
        format.closing(out, {.entries = entries, .next = {}, .rest = rest});
        return out;
    };
    CHECK(json(0, listings::ListingEnd::Rest::none) ==
          "{\"path\":\"/a/\",\"search\":\"b \\\"*\\\"\",\"entries\":[],\"complete\":true}\n");
    const std::string cut = json(1, listings::ListingEnd::Rest::work);
    CHECK(cut.find("{\"name\":\"x/y z\",\"href\":\"./x/y%20z/\",") != std::string::npos);
    CHECK(cut.ends_with("\n],\"complete\":false,\"because\":\"work\"}\n"));
}

TEST_CASE("listing json: times at the ends of what RFC 3339 can say", "[handlers][listing]") {
    const auto time = [](std::int64_t seconds) {
        ListingEntry entry = file("f");
        entry.modified_seconds = seconds;
        const std::string text = written(listings::ListingJson({.path = "/"}), {entry});
        const auto begin = text.find("\"mtime\":") + 8;
        return text.substr(begin, text.find(",\"etag\"") - begin);
    };
    CHECK(time(0) == "\"1970-01-01T00:00:00Z\"");
    CHECK(time(-1) == "\"1969-12-31T23:59:59Z\"");
    CHECK(time(-62'167'219'200) == "\"0000-01-01T00:00:00Z\"");
    CHECK(time(-62'167'219'201) == "null");
    CHECK(time(253'402'300'799) == "\"9999-12-31T23:59:59Z\"");
    CHECK(time(253'402'300'800) == "null");
    CHECK(time(INT64_MAX) == "null");
}

TEST_CASE("listing json: an entry that cannot be read, or not even looked at, says so", "[listing]") {
    ListingEntry entry = file("f");
    std::string text;
    entry.access = ListingEntry::Access::unknown;
    listings::ListingJson(ListingView{.path = "/"}).row(text, entry);
    CHECK(text ==
          "\n{\"name\":\"f\",\"href\":\"./f\",\"type\":\"file\",\"size\":null,\"mtime\":null,\"etag\":null,"
          "\"access\":\"unknown\"}");
    text.clear();
    entry.access = ListingEntry::Access::forbidden;
    listings::ListingJson(ListingView{.path = "/"}).row(text, entry);
    CHECK(text.ends_with(",\"access\":\"forbidden\"}"));
}

TEST_CASE("listing json: a row allocates nothing", "[handlers][listing]") {
    listings::ListingJson json({.path = "/"});
    CHECK(allocations_of_rows(json) == 0);
}
