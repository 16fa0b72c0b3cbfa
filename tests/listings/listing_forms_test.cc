// Listings as JSON and as text, entry by entry.
#include "listings/listing_json.h"
#include "listings/listing_page.h"
#include "listings/listing_text.h"
#include "support/allocations.h"
#include "support/catch.h"

using listings::ListingEntry;
using listings::ListingView;

namespace {

template <class Format>
std::string written(Format&& format, const std::vector<ListingEntry>& entries, std::string_view next = {}) {
    std::string out;
    format.opening(out);
    for (const ListingEntry& entry : entries) format.row(out, entry);
    format.closing(out, {.entries = entries.size(), .next = next});
    return out;
}

ListingEntry file(std::string_view name) {
    return {
        .name = name, .bytes = 5, .modified_seconds = 784'111'777, .media_type = "text/plain", .entity_tag = "\"t\""};
}

ListingEntry folder(std::string_view name) {
    return {.name = name, .kind = ListingEntry::Kind::directory, .modified_seconds = 784'111'777, .modified_ns = 50};
}

}  // namespace

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
    CHECK(row("</script>").ends_with("\"href\":\"./%3C%2Fscript%3E\"") == true);
}

TEST_CASE("listing forms: an entry that cannot be read, or not even looked at, says so", "[listing]") {
    ListingEntry entry = file("f");
    std::string text;
    entry.access = ListingEntry::Access::unknown;
    listings::ListingJson(ListingView{.path = "/"}).row(text, entry);
    CHECK(text ==
          "\n{\"name\":\"f\",\"href\":\"./f\",\"type\":\"file\",\"size\":null,\"mtime\":null,\"etag\":null,"
          "\"access\":\"unknown\"}");
    text.clear();
    listings::ListingPage(ListingView{.path = "/"}, {}).row(text, entry);
    CHECK(text.find("Could not be looked at") != std::string::npos);
    CHECK(text.find("<time") == std::string::npos);
    entry.access = ListingEntry::Access::forbidden;
    text.clear();
    listings::ListingJson(ListingView{.path = "/"}).row(text, entry);
    CHECK(text.ends_with(",\"access\":\"forbidden\"}"));
    text.clear();
    listings::ListingPage(ListingView{.path = "/"}, {}).row(text, entry);
    CHECK(text.find("Not readable") != std::string::npos);
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

TEST_CASE("listing text: a name a line, whatever is in it", "[handlers][listing]") {
    const auto text = [](std::string_view name) { return written(listings::ListingText(), {file(name)}); };
    CHECK(written(listings::ListingText(), {folder("d"), file("f")}, "?after=f") == "d/\nf\n");
    CHECK(text(" a\tb\n\x7F") == " a\\x09b\\x0A\\x7F\n");
    CHECK(text("back\\slash") == "back\\\\slash\n");
    CHECK(text("\x1B[31m") == "\\x1B[31m\n");
    CHECK(text("\xC3\xA4\xFF\xC3") == "\xC3\xA4\\xFF\\xC3\n");
    CHECK(text("\xC2\x9B\xC2\xA0") == "\\xC2\\x9B\xC2\xA0\n");
}

TEST_CASE("listing forms: a row allocates nothing", "[handlers][listing]") {
    const ListingEntry entry = file("a name of some length, with \"quotes\" & \xC3\xA4 \xFF.txt");
    listings::ListingJson json({.path = "/"});
    listings::ListingText text;
    listings::ListingPage page({.path = "/"}, {.upload = listings::PageActions::Upload::resumable,
                                               .removal = listings::PageActions::Removal::offered});
    std::string out;
    out.reserve(16'384);
    for (listings::ListingFormat* format :
         {static_cast<listings::ListingFormat*>(&json), static_cast<listings::ListingFormat*>(&text),
          static_cast<listings::ListingFormat*>(&page)}) {
        out.clear();
        const std::size_t before = allocations();
        for (int i = 0; i < 5; ++i) format->row(out, entry);
        CHECK(allocations() == before);
    }
}
