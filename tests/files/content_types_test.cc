// Content-Type and Content-Encoding by a file's name and, where that does not tell, by its first bytes.
#include <string>

#include "files/representation_cache.h"
#include "support/catch.h"
#include "support/field_lines.h"
#include "support/served_tree.h"

namespace {

struct Types {
    explicit Types(files::RepresentationRules rules = {}, std::size_t small_file_bytes = 128 * 1024)
        : cache(root, clock, arrivals, {.small_file_bytes = small_file_bytes}, std::move(rules)) {}

    std::string field(std::string_view path, std::string_view name) {
        const auto found = cache.find(path, ++arrivals.latest);
        REQUIRE(found);
        return std::string((*found)->identity().fields().find(name).value_or("-"));
    }
    std::string type(std::string_view path) { return field(path, "Content-Type"); }

    ServedTree tree;
    storage::FileRoot root = tree.open();
    FakeClock clock = settled_clock();
    base::ArrivalClock arrivals;
    files::RepresentationCache cache;
};

constexpr std::string_view kPlain = "text/plain; charset=utf-8";
constexpr std::string_view kUnknown = "application/octet-stream";

}  // namespace

TEST_CASE("content types: what begins as text is text where the name does not tell", "[files]") {
    for (const std::size_t small_file_bytes : {std::size_t{1}, std::size_t{100'000}}) {
        CAPTURE(small_file_bytes);
        Types types({}, small_file_bytes);
        types.tree.write("README", "Read this first.\n");
        types.tree.write("Makefile", "all:\n\tcc a.c\n");
        types.tree.write("data", std::string("\x00\x01\x02", 3));
        types.tree.write("a.ts", "export const answer: number = 42;\n");
        types.tree.write("film.ts", std::string("G\x40\x11\x10\x00", 5));
        types.tree.write("a.yaml", "key: value\n");
        CHECK(types.type("/README") == kPlain);
        CHECK(types.type("/Makefile") == kPlain);
        CHECK(types.type("/data") == kUnknown);
        CHECK(types.type("/a.ts") == kPlain);
        CHECK(types.type("/film.ts") == "video/mp2t");
        CHECK(types.type("/a.yaml") == kPlain);
    }
}

TEST_CASE("content types: a coded name is sent in its coding, and not coded once more", "[files]") {
    Types types({.media_types = std::make_shared<const media::MediaTypes>(
                     media::FileMediaTypes{}, std::vector<media::CodedName>{{".js.gz", "js", "gzip"}})});
    types.tree.write("a.svgz", std::string(5'000, 's'));
    types.tree.write("b.js.gz", std::string(5'000, 's'));
    CHECK(types.type("/a.svgz") == "image/svg+xml");
    CHECK(types.field("/a.svgz", "Content-Encoding") == "gzip");
    CHECK(types.field("/a.svgz", "Vary") == "-");
    CHECK(types.type("/b.js.gz") == "text/javascript; charset=utf-8");
    CHECK(types.field("/b.js.gz", "Content-Encoding") == "gzip");
}

TEST_CASE("content types: the charset of text follows the longest prefix", "[files]") {
    Types types({.charsets = {{"/", "utf-16"}, {"/old/", "iso-8859-1"}}});
    types.tree.write("a.txt", "x");
    types.tree.write("old/a.html", "x");
    types.tree.write("old/a.png", "x");
    CHECK(types.type("/a.txt") == "text/plain; charset=utf-16");
    CHECK(types.type("/old/a.html") == "text/html; charset=iso-8859-1");
    CHECK(types.type("/old/a.png") == "image/png");
    types.tree.link("old/a.html", "new.html");
    types.tree.link("old", "new");
    CHECK(types.type("/new.html") == "text/html; charset=iso-8859-1");
    CHECK(types.type("/new/a.html") == "text/html; charset=iso-8859-1");
}

TEST_CASE("coded forms: what is compressed at once in one turn has a bound, and one file always is", "[files][cache]") {
    Types types;
    const std::string text = [] {
        std::string lines;
        for (int i = 0; lines.size() < 40'000; ++i) lines += "line " + std::to_string(i) + "\n";
        return lines;
    }();
    for (const auto name : {"a.txt", "b.txt", "c.txt"}) types.tree.write(name, text);
    const auto state = [&types](std::string_view path) {
        const auto found = *types.cache.find(path, ++types.arrivals.latest);
        CHECK(types.cache.settle(found, http::Coding::gzip) == http::Coding::gzip);
        return found->form(http::Coding::gzip).state();
    };
    CHECK(state("/a.txt") == files::Form::State::ready);
    CHECK(state("/b.txt") == files::Form::State::to_make);
    CHECK(state("/c.txt") == files::Form::State::to_make);
    types.clock.advance_ms(1);
    CHECK(state("/c.txt") == files::Form::State::ready);
    CHECK(state("/a.txt") == files::Form::State::ready);
}
