// Files with coded forms beside them: used when they may be, and noticed when they come and go.
#include "files/representation_cache.h"
#include "support/catch.h"
#include "support/field_lines.h"
#include "support/served_tree.h"

using files::Form;
using http::Coding;

namespace {

struct Site {
    explicit Site(const FakeClock& shown, files::RepresentationRules rules = {})
        : clock(shown), cache(root, clock, arrivals, {}, std::move(rules)) {
        tree.write("a.bin", "plain");
    }

    const Form& form(Coding coding) {
        const auto found = cache.find("/a.bin", ++arrivals.latest);
        REQUIRE(found.has_value());
        last = *found;
        return last->form(coding);
    }
    Form::State state(Coding coding) { return form(coding).state(); }
    std::string body(Coding coding) {
        const Form& wanted = form(coding);
        const auto piece = files::Representation::slice(last, coding, 0, wanted.length());
        const auto bytes = std::get<http::Blob>(piece).bytes;
        return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }

    ServedTree tree;
    storage::FileRoot root = tree.open();
    FakeClock clock;
    base::ArrivalClock arrivals;
    files::RepresentationCache cache;
    std::shared_ptr<const files::Representation> last;
};

}  // namespace

TEST_CASE("sidecars: each suffix is its coding, as it is", "[content][sidecar]") {
    Site site(settled_clock());
    site.tree.write("a.bin.gz", "GZ");
    site.tree.write("a.bin.br", "BROTLI");
    site.tree.write("a.bin.zst", "ZSTANDARD");
    site.tree.write("a.bin.deflate", "Z");
    CHECK(site.body(Coding::gzip) == "GZ");
    CHECK(site.body(Coding::br) == "BROTLI");
    CHECK(site.body(Coding::zstd) == "ZSTANDARD");
    CHECK(site.body(Coding::deflate) == "Z");
    CHECK(site.body(Coding::identity) == "plain");
    CHECK(site.last->has_coded_forms());
    CHECK(support::field_lines(site.form(Coding::br).fields()).find("Content-Encoding: br\r\n") != std::string::npos);
    CHECK(support::field_lines(site.form(Coding::br).fields()).ends_with("Vary: Accept-Encoding\r\n"));
    CHECK(site.form(Coding::gzip).entity_tag() != site.form(Coding::identity).entity_tag());
    CHECK(site.form(Coding::gzip).entity_tag() != site.form(Coding::br).entity_tag());
}

TEST_CASE("sidecars: one that is older than its file is not used", "[content][sidecar]") {
    Site site(settled_clock());
    site.tree.write("a.bin.gz", "GZ");
    site.tree.set_mtime("a.bin", 1'000'000'000, 500);
    site.tree.set_mtime("a.bin.gz", 1'000'000'000, 499);
    CHECK(site.state(Coding::gzip) == Form::State::none);
    site.tree.set_mtime("a.bin.gz", 1'000'000'000, 500);
    CHECK(site.state(Coding::gzip) == Form::State::ready);
}

TEST_CASE("sidecars: where files are uploaded, one that waited for its file is not used", "[content][sidecar]") {
    const bool takes_uploads = GENERATE(true, false);
    Site site(settled_clock(), {.takes_uploads = takes_uploads});
    const auto ctime_ns = [&](const char* name) {
        const timespec at = site.root.stat_directly(name)->st_ctim;
        return at.tv_sec * 1'000'000'000 + at.tv_nsec;
    };
    site.tree.write("a.bin.gz", "GZ");
    // Stored later, as far as the kernel's clock tells, but with an older time of its own.
    do {
        site.tree.set_mtime("a.bin", 1'000'000'000, 0);
    } while (ctime_ns("/a.bin") <= ctime_ns("/a.bin.gz"));
    CHECK(site.state(Coding::gzip) == (takes_uploads ? Form::State::none : Form::State::ready));
    do {
        site.tree.write("a.bin.gz", "GZ2");
    } while (ctime_ns("/a.bin.gz") <= ctime_ns("/a.bin"));
    CHECK(site.body(Coding::gzip) == "GZ2");
}

TEST_CASE("sidecars: a link out of the root, a directory or a FIFO is none", "[content][sidecar]") {
    Site site(settled_clock());
    site.tree.link("../outside.txt", "a.bin.gz");
    site.tree.make_directory("a.bin.br");
    site.tree.make_fifo("a.bin.zst");
    CHECK(site.state(Coding::gzip) == Form::State::none);
    CHECK(site.state(Coding::br) == Form::State::none);
    CHECK(site.state(Coding::zstd) == Form::State::none);
    CHECK(site.body(Coding::identity) == "plain");
}

TEST_CASE("sidecars: coming, changing and going is seen by the next arrival", "[content][sidecar]") {
    // With the directory's stamps settled, and while they are young.
    for (const FakeClock& clock : {settled_clock(), young_clock()}) {
        Site site(clock);
        CHECK(site.state(Coding::gzip) == Form::State::none);
        site.tree.write("a.bin.gz", "one");
        CHECK(site.body(Coding::gzip) == "one");
        site.tree.replace("a.bin.gz", "two");
        CHECK(site.body(Coding::gzip) == "two");
        site.tree.remove("a.bin.gz");
        CHECK(site.state(Coding::gzip) == Form::State::none);
    }
}

TEST_CASE("sidecars: a link that leads nowhere is watched, too", "[content][sidecar]") {
    Site site(settled_clock());
    site.tree.make_directory("store");
    site.tree.link("store/coded", "a.bin.gz");
    CHECK(site.state(Coding::gzip) == Form::State::none);
    site.tree.write("store/coded", "GZ");
    CHECK(site.body(Coding::gzip) == "GZ");
}

TEST_CASE("sidecars: other names in the directory cost a look, no opening", "[content][sidecar]") {
    Site site(settled_clock());
    CHECK(site.state(Coding::gzip) == Form::State::none);
    site.tree.write("other", "x");
    CHECK(site.state(Coding::gzip) == Form::State::none);
    CHECK(site.cache.counters().misses == 1);
    CHECK(site.cache.counters().hits == 1);
}

TEST_CASE("sidecars: a picture has none", "[content][sidecar]") {
    Site site(settled_clock());
    site.tree.write("p.png", "PNG");
    site.tree.write("p.png.gz", "GZ");
    const auto found = site.cache.find("/p.png", ++site.arrivals.latest);
    REQUIRE(found.has_value());
    CHECK_FALSE((*found)->has_coded_forms());
}
