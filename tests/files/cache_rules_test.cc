// Patterns of paths and the lines that come of them.
#include "files/cache_rules.h"

#include <string>

#include "files/representation_cache.h"
#include "support/catch.h"
#include "support/field_lines.h"
#include "support/served_tree.h"

using files::CacheRules;
using files::matches_pattern;
using List = std::vector<files::CacheRule>;

TEST_CASE("cache rules: a pattern with a slash is of the whole path, any other of the last segment",
          "[content][cache_rules]") {
    CHECK(matches_pattern("*.css", "/site.css"));
    CHECK(matches_pattern("*.css", "/a/b/site.css"));
    CHECK_FALSE(matches_pattern("*.css", "/a.css/index.html"));
    CHECK_FALSE(matches_pattern("*.css", "/site.css.map"));
    CHECK(matches_pattern("index.html", "/a/index.html"));
    CHECK_FALSE(matches_pattern("index.html", "/a/my-index.html"));
    CHECK(matches_pattern("/assets/*", "/assets/a/b.js"));
    CHECK(matches_pattern("/assets/*", "/assets/"));
    CHECK_FALSE(matches_pattern("/assets/*", "/assets"));
    CHECK_FALSE(matches_pattern("/assets/*", "/x/assets/a.js"));
    CHECK(matches_pattern("/*", "/anything/at/all"));
    CHECK(matches_pattern("*", "/"));
    CHECK(matches_pattern("*", "/dir/"));
    CHECK(matches_pattern("/", "/"));
    CHECK_FALSE(matches_pattern("/", "/a"));
}

TEST_CASE("cache rules: asterisks stand for any bytes, everything else for itself", "[content][cache_rules]") {
    CHECK(matches_pattern("app.*.js", "/app.1f3a.js"));
    CHECK_FALSE(matches_pattern("app.*.js", "/app.js"));
    CHECK(matches_pattern("*-*-*.js", "/a-b-c-d.js"));
    CHECK(matches_pattern("**.js", "/a.js"));
    CHECK(matches_pattern("a*b*c", "/aXbXbXc"));
    CHECK_FALSE(matches_pattern("a*b*c", "/aXcXb"));
    CHECK_FALSE(matches_pattern("?.js", "/a.js"));
    CHECK(matches_pattern("[a].js", "/[a].js"));
    CHECK_FALSE(matches_pattern("*.CSS", "/a.css"));
}

TEST_CASE("cache rules: a pattern of many asterisks takes no time to speak of", "[content][cache_rules]") {
    std::string pattern;
    for (int i = 0; i < 1000; ++i) pattern += "*a";
    CHECK_FALSE(matches_pattern(pattern + "b", "/" + std::string(4000, 'a')));
}

TEST_CASE("cache rules: the first match wins", "[content][cache_rules]") {
    const CacheRules rules(List{{"/a/*", "one"}, {"*.css", "two"}, {"*", "three"}});
    CHECK(rules.find("/a/x.css") == "one");
    CHECK(rules.find("/b/x.css") == "two");
    CHECK(rules.find("/b/x.js") == "three");
    CHECK(CacheRules().find("/x").empty());
    CHECK(CacheRules(List{{"*.css", "x"}}).find("/x.js").empty());
}

TEST_CASE("cache rules: 200, 206 and 304 have the line, refusals do not", "[content][cache_rules]") {
    const ServedTree tree;
    tree.write("a.css", "body{}");
    tree.write("b.txt", "text");
    const storage::FileRoot root = tree.open();
    const FakeClock clock(4'000'000'000);
    const base::ArrivalClock arrivals;
    files::RepresentationCache cache(root, clock, arrivals, {},
                                     {.cache_rules = CacheRules(List{{"*.css", "max-age=60"}})});
    const auto styled = cache.find("/a.css", 0);
    REQUIRE(styled);
    const files::Form& form = (*styled)->identity();
    constexpr std::string_view kLine = "Cache-Control: max-age=60\r\n";
    CHECK(support::field_lines(form.fields()).find(kLine) != std::string::npos);
    CHECK(support::field_lines(form.fields_after_type()).find(kLine) != std::string::npos);
    CHECK(support::field_lines(form.not_modified_fields()).starts_with(kLine));
    CHECK(support::field_lines(form.not_modified_fields()).ends_with(support::field_lines(form.validator_fields())));
    CHECK(support::field_lines(form.validator_fields()).starts_with("Last-Modified: "));
    const auto plain = cache.find("/b.txt", 0);
    REQUIRE(plain);
    CHECK(support::field_lines((*plain)->identity().fields()).find("Cache-Control") == std::string::npos);
    CHECK(support::field_lines((*plain)->identity().not_modified_fields()) ==
          support::field_lines((*plain)->identity().validator_fields()));
}
