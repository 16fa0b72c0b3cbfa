// The status as JSON and as a page.
#include "admin/status_text.h"

#include "support/catch.h"

using admin::Status;

namespace {

struct Bench {
    [[nodiscard]] Status status(bool is_ready = true) const {
        return {.facts = facts, .is_ready = is_ready, .up_s = 12, .counters = counters};
    }
    admin::Facts facts{.version = "1.2", .directory = "/a\"<b>", .addresses = {"http://[::1]:1/", "unix:/s"}};
    base::Counters counters;
    std::uint64_t hits = 3;
    base::Counters::Registration shown =
        counters.add({base::counter("hits", base::CounterKind::total, "hits & more", hits),
                      {"longest", base::CounterKind::gauge, "the longest", [] { return std::uint64_t{8}; },
                       base::ShownIn::all, base::CounterUnit::microseconds},
                      {"parts", base::CounterKind::gauge, "for the metrics", [] { return std::uint64_t{1}; },
                       base::ShownIn::metrics}});
};

}  // namespace

TEST_CASE("status text: JSON has what the log's line of counters has, under the same names", "[admin]") {
    const Bench bench;
    CHECK(admin::status_json(bench.status()) ==
          "{\"version\":\"1.2\",\"state\":\"ready\",\"directory\":\"/a\\\"<b>\","
          "\"addresses\":[\"http://[::1]:1/\",\"unix:/s\"],\"uptime_s\":12,"
          "\"counters\":{\"hits\":3,\"longest_us\":8}}\n");
    CHECK(admin::status_json(bench.status(false)).find("\"state\":\"stopping\"") != std::string::npos);
}

TEST_CASE("status text: the page escapes what it shows and asks for its style alone", "[admin]") {
    const Bench bench;
    const std::string page = admin::status_page(bench.status());
    CHECK(page.find("/a&quot;&lt;b&gt;") != std::string::npos);
    CHECK(page.find("<th scope=\"row\">hits &amp; more</th><td>3</td>") != std::string::npos);
    CHECK(page.find("href=\"" + std::string(admin::kStylePath) + "\"") != std::string::npos);
    CHECK(page.find("src=") == std::string::npos);
    CHECK(page.find("<script") == std::string::npos);
}
