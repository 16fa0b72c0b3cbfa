// The cache over a real tree: what it keeps, when it looks again, and that it is never stale.
#include "files/representation_cache.h"

#include <cstring>

#include "media/deflate_encoder.h"
#include "support/catch.h"
#include "support/field_lines.h"
#include "support/served_tree.h"
#include "support/write_site.h"

using files::FindError;
using files::Form;
using files::Representation;
using http::Coding;

namespace {

std::string text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string text_of(const http::Piece& piece) {
    if (const auto* blob = std::get_if<http::Blob>(&piece)) return text_of(blob->bytes);
    const auto& slice = std::get<http::FileSlice>(piece);
    std::string text(slice.length, '?');
    const auto got = ::pread(slice.file->descriptor(), text.data(), text.size(), static_cast<off_t>(slice.offset));
    REQUIRE(got == static_cast<ssize_t>(text.size()));
    return text;
}

/// Pulls a source to its end in small blocks.
std::optional<std::string> text_of(http::BodySource& source) {
    std::string text;
    std::vector<std::byte> room(1024);
    for (;;) {
        const auto pulled = source.pull(room);
        if (pulled.outcome == http::BodySource::Outcome::failed) return std::nullopt;
        text += text_of(std::span<const std::byte>(room).first(pulled.bytes));
        if (pulled.outcome == http::BodySource::Outcome::finished) return text;
    }
}

std::string gzipped(std::string_view text) {
    const auto coded =
        media::encode_whole(media::DeflateEncoder::Format::gzip, 6, std::as_bytes(std::span(text)), text.size() + 100);
    return text_of(std::span<const std::byte>(coded.value()));
}

/// Text that compresses, of more than `bytes`.
std::string prose(std::size_t bytes) {
    std::string text;
    for (int i = 0; text.size() < bytes; ++i) text += "line " + std::to_string(i * 7919) + " of many\n";
    return text;
}

struct Cached {
    explicit Cached(const FakeClock& shown = settled_clock(), files::CacheLimits limits = {},
                    media::CompressionPolicy policy = {}, storage::Symlinks symlinks = storage::Symlinks::inside)
        : tree(symlinks), root(tree.open()), clock(shown), cache(root, clock, arrivals, limits, {.policy = policy}) {}

    /// A request that arrives now.
    auto find(std::string_view path) { return cache.find(path, ++arrivals.latest); }
    std::shared_ptr<const Representation> get(std::string_view path) {
        auto found = find(path);
        REQUIRE(found.has_value());
        return *found;
    }
    std::string body(std::string_view path, Coding coding = Coding::identity) {
        const auto found = get(path);
        const Coding settled = cache.settle(found, coding);
        const Form& form = found->form(settled);
        if (form.state() == Form::State::ready) return text_of(Representation::slice(found, settled, 0, form.length()));
        return text_of(*cache.compress(found, settled)).value_or("FAILED");
    }
    [[nodiscard]] const files::CacheCounters& counters() const { return cache.counters(); }

    ServedTree tree;
    storage::FileRoot root;
    FakeClock clock;
    base::ArrivalClock arrivals;
    files::RepresentationCache cache;
};

}  // namespace

TEST_CASE("representation cache: one check serves all requests that arrived before it", "[content][cache]") {
    Cached cached;
    cached.tree.write("a.txt", "hello");
    CHECK(cached.body("/a.txt") == "hello");
    CHECK(cached.counters().misses == 1);
    CHECK(cached.counters().checks == 0);
    const std::uint64_t early = cached.arrivals.latest;
    cached.arrivals.latest += 3;
    CHECK(cached.cache.find("/a.txt", early + 1).has_value());
    CHECK(cached.cache.find("/a.txt", early + 2).has_value());
    CHECK(cached.cache.find("/a.txt", early + 3).has_value());
    CHECK(cached.counters().checks == 1);
    CHECK(cached.counters().hits == 3);
    CHECK(cached.counters().misses == 1);
    CHECK(cached.find("/a.txt").has_value());
    CHECK(cached.counters().checks == 2);
}

TEST_CASE("representation cache: a rewritten file is new to the next arrival", "[content][cache]") {
    Cached cached;
    cached.tree.write("a.txt", "first");
    const auto first = cached.get("/a.txt");
    cached.tree.replace("a.txt", "other");
    CHECK(cached.body("/a.txt") == "other");
    CHECK(cached.counters().reopened == 1);
    CHECK(cached.get("/a.txt")->identity().entity_tag() != first->identity().entity_tag());
    // What was handed out stays what it was.
    CHECK(text_of(Representation::slice(first, Coding::identity, 0, 5)) == "first");
    cached.tree.remove("a.txt");
    CHECK(cached.find("/a.txt").error() == FindError::absent);
    CHECK(cached.counters().entries == 0);
    cached.tree.write("a.txt", "again");
    CHECK(cached.body("/a.txt") == "again");
}

TEST_CASE("representation cache: two writes of one size within a second have two tags", "[content][cache]") {
    Cached cached;
    cached.tree.write("a.txt", "first");
    cached.tree.set_mtime("a.txt", 1'000'000'000, 1);
    const std::string first(cached.get("/a.txt")->identity().entity_tag());
    cached.tree.write("a.txt", "other");
    cached.tree.set_mtime("a.txt", 1'000'000'000, 2);
    CHECK(cached.body("/a.txt") == "other");
    const std::string other(cached.get("/a.txt")->identity().entity_tag());
    CHECK(first != other);
    CHECK(first.starts_with("\""));
    CHECK(other.starts_with("\""));
}

TEST_CASE("representation cache: a young file has weak tags and is read anew", "[content][cache]") {
    Cached cached(young_clock());
    cached.tree.write("a.txt", "first");
    const auto first = cached.get("/a.txt");
    CHECK_FALSE(first->is_settled());
    CHECK(first->identity().entity_tag().starts_with("W/\""));
    // Whatever the stamps say.
    cached.tree.write("a.txt", "other");
    CHECK(cached.body("/a.txt") == "other");
    cached.clock.advance_ms(60'000);
    CHECK(cached.get("/a.txt")->is_settled());
    const auto reopened = cached.counters().reopened;
    CHECK(cached.get("/a.txt")->identity().entity_tag().starts_with("\""));
    CHECK(cached.counters().reopened == reopened);
}

TEST_CASE("representation cache: invalidate makes even an early request look again", "[content][cache]") {
    Cached cached;
    cached.tree.write("a.txt", "first");
    cached.tree.link("a.txt", "alias.txt");
    CHECK(cached.body("/a.txt") == "first");
    CHECK(cached.body("/alias.txt") == "first");
    cached.tree.replace("a.txt", "other");
    const std::uint64_t early = cached.arrivals.latest - 1;
    CHECK((*cached.cache.find("/alias.txt", early))->length() == 5);
    cached.cache.path_changed("/a.txt");
    CHECK(text_of((*cached.cache.find("/a.txt", early))->bytes()) == "other");
    CHECK(text_of((*cached.cache.find("/alias.txt", early))->bytes()) == "other");
}

TEST_CASE("representation cache: bytes are bounded, the least used goes first", "[content][cache]") {
    Cached cached(settled_clock(), {.max_bytes = 30'000});
    for (const auto name : {"a.bin", "b.bin", "c.bin"}) cached.tree.write(name, std::string(10'000, 'x'));
    cached.get("/a.bin");
    cached.get("/b.bin");
    cached.get("/a.bin");
    cached.get("/c.bin");
    CHECK(cached.counters().bytes <= 30'000);
    CHECK(cached.counters().evictions == 1);
    const auto misses = cached.counters().misses;
    cached.get("/a.bin");
    CHECK(cached.counters().misses == misses);
    cached.get("/b.bin");
    CHECK(cached.counters().misses == misses + 1);
}

TEST_CASE("representation cache: descriptors are bounded, and unused ones dropped", "[content][cache]") {
    Cached cached(settled_clock(), {.max_descriptors = 2, .small_file_bytes = 4});
    for (const auto name : {"a.bin", "b.bin", "c.bin"}) cached.tree.write(name, "0123456789");
    const auto held = cached.get("/a.bin");
    cached.get("/b.bin");
    cached.get("/c.bin");
    CHECK(cached.counters().descriptors == 2);
    CHECK(text_of(Representation::slice(held, Coding::identity, 2, 3)) == "234");
    cached.clock.advance_ms(60'000);
    cached.get("/c.bin");
    cached.cache.drop_unused(30 * base::kNsPerSecond);
    CHECK(cached.counters().entries == 1);
    CHECK(cached.counters().descriptors == 1);
    cached.clock.advance_ms(60'000);
    cached.cache.drop_unused(30 * base::kNsPerSecond);
    CHECK(cached.counters().entries == 0);
    CHECK(cached.counters().bytes == 0);
}

TEST_CASE("representation cache: a removed large file gives its blocks back in the background", "[content][cache]") {
    ServedTree tree;
    const storage::FileRoot root = tree.open();
    FakeClock clock = settled_clock();
    const base::ArrivalClock arrivals;
    support::StubbornDiskQueue disk;
    files::RepresentationCache cache(root, clock, arrivals, {.small_file_bytes = 4}, {}, &disk);
    tree.write("kept.bin", "0123456789");
    tree.write("gone.bin", "0123456789");
    REQUIRE(cache.find("/kept.bin", 0));
    REQUIRE(cache.find("/gone.bin", 0));
    tree.remove("gone.bin");
    clock.advance_ms(60'000);
    cache.drop_unused(30 * base::kNsPerSecond);
    CHECK(cache.counters().descriptors == 0);
    CHECK(disk.closed_later == 1);
}

TEST_CASE("representation cache: what cannot be served has its reason", "[content][cache]") {
    Cached cached;
    cached.tree.make_fifo("fifo");
    cached.tree.make_directory("d");
    cached.tree.link("../outside.txt", "out.txt");
    cached.tree.write("secret.txt", "x");
    cached.tree.set_mode("secret.txt", 0);
    CHECK(cached.find("/none").error() == FindError::absent);
    CHECK(cached.find("/d/none/deeper").error() == FindError::absent);
    CHECK(cached.find("/out.txt").error() == FindError::absent);
    CHECK(cached.find("/fifo").error() == FindError::unsuitable);
    if (::geteuid() != 0) CHECK(cached.find("/secret.txt").error() == FindError::denied);
    CHECK(cached.get("/d")->kind() == Representation::Kind::directory);
    CHECK(cached.counters().entries == 0);
}

TEST_CASE("representation cache: a file that becomes a link out of the root is gone", "[content][cache]") {
    Cached cached;
    cached.tree.write("a.txt", "inside");
    CHECK(cached.body("/a.txt") == "inside");
    cached.tree.remove("a.txt");
    cached.tree.link("../outside.txt", "a.txt");
    CHECK(cached.find("/a.txt").error() == FindError::absent);
}

TEST_CASE("representation cache: prepared lines in their order", "[content][cache]") {
    Cached cached;
    cached.tree.write("page.html", prose(1000));
    cached.tree.set_mtime("page.html", 784'111'777);
    const auto found = cached.get("/page.html");
    const Form& identity = found->identity();
    const std::string tag(identity.entity_tag());
    const std::string validators =
        "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\nETag: " + tag + "\r\nVary: Accept-Encoding\r\n";
    CHECK(support::field_lines(identity.fields()) ==
          "Content-Type: text/html; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\n"
          "Accept-Ranges: bytes\r\n" +
              validators);
    CHECK(support::field_lines(identity.validator_fields()) == validators);
    CHECK(support::field_lines(identity.fields_after_type()) ==
          "X-Content-Type-Options: nosniff\r\nAccept-Ranges: bytes\r\n" + validators);
    const Form& gzip = found->form(Coding::gzip);
    CHECK(gzip.entity_tag() == tag.substr(0, tag.size() - 1) + "-gzip\"");
    CHECK(support::field_lines(gzip.fields())
              .starts_with("Content-Type: text/html; charset=utf-8\r\nContent-Encoding: gzip\r\n"));
    CHECK(support::field_lines(gzip.fields()).find("Accept-Ranges") == std::string_view::npos);
    CHECK(support::field_lines(gzip.fields())
              .ends_with("ETag: " + std::string(gzip.entity_tag()) + "\r\nVary: Accept-Encoding\r\n"));
    cached.tree.write("tiny.html", "x");
    CHECK(support::field_lines(cached.get("/tiny.html")->identity().fields()).find("Vary") == std::string_view::npos);
}

TEST_CASE("representation cache: absurd times are clamped", "[content][cache]") {
    Cached cached;
    cached.tree.write("old.txt", "x");
    cached.tree.set_mtime("old.txt", -1'000'000);
    CHECK(cached.get("/old.txt")->last_modified() == 0);
    cached.tree.write("new.txt", "x");
    cached.tree.set_mtime("new.txt", cached.clock.unix_seconds() + 1'000'000);
    CHECK(cached.get("/new.txt")->last_modified() == cached.clock.unix_seconds());
}

TEST_CASE("representation cache: a small file is compressed at once and kept", "[content][cache][coding]") {
    Cached cached;
    const std::string text = prose(5'000);
    cached.tree.write("a.txt", text);
    const auto found = cached.get("/a.txt");
    CHECK(found->form(Coding::gzip).state() == Form::State::to_make);
    CHECK(cached.cache.settle(found, Coding::gzip) == Coding::gzip);
    CHECK(found->form(Coding::gzip).state() == Form::State::ready);
    CHECK(cached.body("/a.txt", Coding::gzip) == gzipped(text));
    CHECK(cached.counters().coded_made == 1);
    CHECK(cached.counters().coded_hits == 1);
    CHECK(found->form(Coding::deflate).state() == Form::State::to_make);
}

TEST_CASE("representation cache: what does not shrink is sent plain", "[content][cache][coding]") {
    Cached cached;
    cached.tree.write("a.txt", support::noise(2'000));
    const auto found = cached.get("/a.txt");
    CHECK(cached.cache.settle(found, Coding::gzip) == Coding::identity);
    CHECK(cached.cache.settle(found, Coding::gzip) == Coding::identity);
    CHECK(found->has_coded_forms());
}

TEST_CASE("representation cache: the first coded response streams, the second has a length",
          "[content][cache][coding]") {
    // In memory, and as an open file.
    for (const std::size_t bytes : {std::size_t{100'000}, std::size_t{300'000}}) {
        Cached cached;
        const std::string text = prose(bytes);
        cached.tree.write("a.txt", text);
        const auto found = cached.get("/a.txt");
        REQUIRE(cached.cache.settle(found, Coding::gzip) == Coding::gzip);
        const Form& form = found->form(Coding::gzip);
        REQUIRE(form.state() == Form::State::to_make);
        CHECK(text_of(*cached.cache.compress(found, Coding::gzip)) == gzipped(text));
        REQUIRE(form.state() == Form::State::ready);
        CHECK(form.length() == gzipped(text).size());
        CHECK(text_of(Representation::slice(found, Coding::gzip, 0, form.length())) == gzipped(text));
    }
}

TEST_CASE("representation cache: one response collects; when it is aborted the next does", "[content][cache][coding]") {
    Cached cached;
    const std::string text = prose(300'000);
    cached.tree.write("a.txt", text);
    const auto found = cached.get("/a.txt");
    std::vector<std::byte> room(4096);
    auto first = cached.cache.compress(found, Coding::gzip);
    auto second = cached.cache.compress(found, Coding::gzip);
    REQUIRE(first->pull(room).outcome == http::BodySource::Outcome::produced);
    CHECK(found->form(Coding::gzip).state() == Form::State::making);
    CHECK(text_of(*second) == gzipped(text));
    CHECK(found->form(Coding::gzip).state() == Form::State::making);
    first.reset();
    CHECK(found->form(Coding::gzip).state() == Form::State::to_make);
    CHECK(cached.body("/a.txt", Coding::gzip) == gzipped(text));
    CHECK(found->form(Coding::gzip).state() == Form::State::ready);
}

TEST_CASE("representation cache: a file that changes while it is compressed fails", "[content][cache][coding]") {
    Cached cached;
    cached.tree.write("a.txt", prose(300'000));
    cached.tree.set_mtime("a.txt", 1'000'000'000);
    const auto found = cached.get("/a.txt");
    std::vector<std::byte> room(1024);
    SECTION("rewritten in place") {
        auto source = cached.cache.compress(found, Coding::gzip);
        REQUIRE(source->pull(room).outcome == http::BodySource::Outcome::produced);
        cached.tree.write("a.txt", prose(300'000));
        CHECK_FALSE(text_of(*source).has_value());
    }
    SECTION("truncated") {
        auto source = cached.cache.compress(found, Coding::gzip);
        cached.tree.write("a.txt", "short");
        CHECK_FALSE(text_of(*source).has_value());
    }
    SECTION("replaced: the open file is whole") {
        auto source = cached.cache.compress(found, Coding::gzip);
        cached.tree.replace("a.txt", "new");
        CHECK(text_of(*source) == gzipped(prose(300'000)));
    }
}

TEST_CASE("representation cache: a coded form too large to keep is sent all the same", "[content][cache][coding]") {
    Cached cached(settled_clock(), {}, {.max_kept_bytes = 1000});
    const std::string text = prose(300'000);
    cached.tree.write("a.txt", text);
    CHECK(cached.body("/a.txt", Coding::gzip) == gzipped(text));
    CHECK(cached.get("/a.txt")->form(Coding::gzip).state() == Form::State::to_make);
    CHECK(cached.counters().coded_made == 0);
}

TEST_CASE("representation cache: a file at rest may be sent by reference", "[content][cache]") {
    Cached cached(settled_clock(), {.small_file_bytes = 0});
    cached.tree.write("a.bin", "0123456789");
    const auto found = cached.get("/a.bin");
    const auto piece = Representation::slice(found, Coding::identity, 0, 10);
    const auto& file = std::get<http::FileSlice>(piece).file;
    CHECK_FALSE(file->at_rest());
    CHECK(file->unchanged());
    cached.clock.advance_ms(30'000);
    CHECK(file->at_rest());
    cached.tree.write("a.bin", "9876543210");
    CHECK_FALSE(file->unchanged());
}

TEST_CASE("representation cache: registers what it counts", "[content][cache]") {
    base::Counters counters;
    {
        Cached cached;
        cached.cache.register_counters(counters);
        cached.tree.write("a.txt", "a");
        (void)cached.get("/a.txt");
        const std::string line = base::counters_line(counters);
        CHECK(line.starts_with("counters: cache_hits=0 cache_misses=1 "));
        CHECK(line.ends_with(" cache_entries=1"));
    }
    CHECK(base::counters_line(counters) == "counters:");
}
