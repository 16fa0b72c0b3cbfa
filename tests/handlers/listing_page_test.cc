// Pages of a real directory.
#include "handlers/listing_page.h"

#include "content/listing_source.h"
#include "content/served_tree.h"
#include "support/catch.h"

namespace {

std::string listing(const ServedTree& tree, std::string_view path, std::size_t block_bytes = 16'384) {
    const auto root = tree.open();
    content::ListingSource source(
        root, *root.open_directory(path), path,
        std::make_unique<handlers::ListingPage>(content::ListingView{.path = std::string(path)}));
    std::string page;
    std::vector<std::byte> room(block_bytes);
    for (;;) {
        const auto pulled = source.pull(room);
        REQUIRE(pulled.outcome != http::BodySource::Outcome::failed);
        page.append(reinterpret_cast<const char*>(room.data()), pulled.bytes);
        if (pulled.outcome == http::BodySource::Outcome::finished) return page;
    }
}

bool has(const std::string& page, std::string_view part) { return page.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("listing: folders first, then names without regard to case", "[handlers][listing]") {
    const ServedTree tree;
    for (const auto name : {"b.txt", "A.txt", "c.txt"}) tree.write(name, "x");
    tree.make_directory("z");
    const std::string page = listing(tree, "/");
    const auto z = page.find("./z/");
    const auto a = page.find("./A.txt");
    const auto b = page.find("./b.txt");
    const auto c = page.find("./c.txt");
    CHECK(z < a);
    CHECK(a < b);
    CHECK(b < c);
    CHECK(c != std::string::npos);
    CHECK_FALSE(has(page, "../"));
    CHECK(has(listing(tree, "/z/"), "<a href=\"../\">"));
}

TEST_CASE("listing: names are escaped as text and encoded as links", "[handlers][listing]") {
    const ServedTree tree;
    tree.write("<img src=x onerror=\"alert(1)\">&'.txt", "x");
    tree.write("a:b c?.txt", "x");
    tree.write("line\nbreak", "x");
    const std::string page = listing(tree, "/");
    CHECK_FALSE(has(page, "<img"));
    CHECK(has(page, "&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;&#39;.txt"));
    CHECK(has(page, "href=\"./%3Cimg"));
    CHECK(has(page, "href=\"./a:b%20c%3F.txt\""));
    CHECK(has(page, "href=\"./line%0Abreak\""));
}

TEST_CASE("listing: shows what a request would get, and nothing else", "[handlers][listing]") {
    const ServedTree tree;
    tree.write(".hidden", "x");
    tree.write("a.txt", std::string(1536, 'x'));
    tree.set_mtime("a.txt", 784'111'777);
    tree.make_fifo("fifo");
    tree.link("../outside.txt", "out.txt");
    tree.link("a.txt", "in.txt");
    tree.link("none", "dangling");
    const std::string page = listing(tree, "/");
    CHECK(has(page, "1.5 KiB"));
    CHECK(has(page, "1994-11-06 08:49"));
    CHECK(has(page, "./in.txt"));
    for (const auto name : {".hidden", "fifo", "out.txt", "dangling"}) CHECK_FALSE(has(page, name));
}

TEST_CASE("listing: absurd times, and any size of block", "[handlers][listing]") {
    const ServedTree tree;
    tree.write("old", "x");
    tree.set_mtime("old", -99'999'999'999);
    for (int i = 0; i < 100; ++i) tree.write("file" + std::to_string(i), "x");
    const std::string page = listing(tree, "/");
    CHECK(has(page, "1970-01-01"));
    CHECK(has(page, "</html>\n"));
    CHECK(listing(tree, "/", 1024) == page);
    CHECK(listing(tree, "/", 1) == page);
}
