// Listings in a content coding: what is decoded is the plain form, and tags, Vary and HEAD tell the truth about it.
#include <zlib.h>

#include <string>
#include <vector>

#include "listings/coded_listing.h"
#include "listings/listings.h"
#include "support/catch.h"
#include "support/parsed_request.h"
#include "support/rights.h"
#include "support/served_tree.h"

namespace {

/// Two thousand files, which no test changes.
struct LargeTree : ServedTree {
    LargeTree() {
        for (int i = 0; i < 2000; ++i) write("file number " + std::to_string(i) + ".txt", "x");
    }
};

struct Site {
    explicit Site(int compression_level = 6, std::size_t max_bytes = listings::kListingsBytes)
        : shares(clock, max_bytes), listings(root, wakes, shares, {.compression_level = compression_level}) {}

    handler::Decision decide(std::string_view method, std::string_view target, std::string_view lines) {
        const ParsedRequest request(method, target, lines);
        return listings.list(request.get(), *root.open_directory(request.get().path()), support::kAllRights);
    }
    Answer ask(std::string_view method, std::string_view target, std::string_view lines = {}) {
        const ParsedRequest request(method, target, lines);
        return take_answer(decide(method, target, lines), request.get().method);
    }
    Answer get(std::string_view target, std::string_view lines = {}) { return ask("GET", target, lines); }

    static const LargeTree& tree() {
        static const LargeTree large;
        return large;
    }
    storage::FileRoot root = tree().open();
    FakeClock clock = settled_clock();
    base::WakeQueue wakes;
    listings::ListingShares shares;
    listings::Listings listings;
};

constexpr std::string_view kGzip = "Accept-Encoding: gzip\r\n";
constexpr std::string_view kDeflate = "Accept-Encoding: deflate\r\n";

enum class Part : std::uint8_t { whole, beginning };

/// gzip or zlib; "broken" when it is neither, or a whole one does not end where the text does.
std::string decoded(std::string_view coded, Part part = Part::whole) {
    z_stream stream{};
    REQUIRE(::inflateInit2(&stream, 15 + 32) == Z_OK);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(coded.data()));
    stream.avail_in = static_cast<uInt>(coded.size());
    std::string text;
    int result = Z_OK;
    while (result == Z_OK) {
        std::string room(65536, '\0');
        stream.next_out = reinterpret_cast<Bytef*>(room.data());
        stream.avail_out = static_cast<uInt>(room.size());
        result = ::inflate(&stream, Z_SYNC_FLUSH);
        text.append(room, 0, room.size() - stream.avail_out);
    }
    const bool is_right = part == Part::whole ? result == Z_STREAM_END && stream.avail_in == 0 : result == Z_BUF_ERROR;
    ::inflateEnd(&stream);
    return is_right ? text : "broken";
}

/// What a source gives in pulls of `room_bytes`, at most `pulls` of them.
std::string pull(http::BodySource& source, std::size_t room_bytes, int pulls = 1'000'000) {
    std::string text;
    std::vector<std::byte> room(room_bytes);
    for (; pulls > 0; --pulls) {
        const auto pulled = source.pull(room);
        text.append(reinterpret_cast<const char*>(room.data()), pulled.bytes);
        if (pulled.outcome != http::BodySource::Outcome::produced) break;
    }
    return text;
}

http::Response wait_for(handler::Decision decision) {
    auto& pending = *std::get<std::unique_ptr<http::PendingResponse>>(decision);
    std::optional<http::Response> response;
    while (!response) response = pending.advance(0);
    return std::move(*response);
}

/// Cannot be gathered, and has memory for one encoder.
constexpr std::size_t kTooLittle = media::kEncodingSourceBytes + 1024;

}  // namespace

TEST_CASE("coded listings: decoded they are the plain form, in order and streamed", "[handlers][listing]") {
    for (const std::size_t max_bytes : {listings::kListingsBytes, kTooLittle}) {
        Site site(6, max_bytes);
        for (const auto target : {"/", "/?format=json", "/?format=text"}) {
            CAPTURE(target, max_bytes);
            const Answer plain = site.get(target);
            CHECK(plain.field("Content-Encoding") == "-");
            const Answer gzip = site.get(target, kGzip);
            CHECK(gzip.status == 200);
            CHECK(gzip.field("Content-Encoding") == "gzip");
            CHECK(gzip.field("Content-Type") == plain.field("Content-Type"));
            CHECK((decoded(gzip.body) == plain.body));
            CHECK(gzip.body.size() * 5 < plain.body.size());
            const Answer deflate = site.get(target, kDeflate);
            CHECK(deflate.field("Content-Encoding") == "deflate");
            CHECK((decoded(deflate.body) == plain.body));
            CHECK(plain.length.has_value() == (max_bytes != kTooLittle));
            CHECK_FALSE(gzip.length.has_value());
        }
    }
}

TEST_CASE("coded listings: each coding has its tag, and Vary names what chose it", "[handlers][listing]") {
    Site site;
    const Answer plain = site.get("/");
    const Answer gzip = site.get("/", kGzip);
    const Answer deflate = site.get("/", kDeflate);
    const std::string stem = plain.field("ETag").substr(0, plain.field("ETag").size() - 1);
    CHECK(gzip.field("ETag") == stem + "-gzip\"");
    CHECK(deflate.field("ETag") == stem + "-deflate\"");
    for (const Answer* answer : {&plain, &gzip, &deflate}) CHECK(answer->field("Vary") == "Accept, Accept-Encoding");
    // The query chose the format, so Accept did not.
    CHECK(site.get("/?format=json", kGzip).field("Vary") == "Accept-Encoding");

    const auto again = [&](std::string_view coding, const Answer& known) {
        return site.get("/", std::string(coding) + "If-None-Match: " + known.field("ETag") + "\r\n");
    };
    CHECK(again(kGzip, gzip).status == 304);
    CHECK(again(kGzip, gzip).field("ETag") == gzip.field("ETag"));
    CHECK(again(kGzip, gzip).field("Vary") == "Accept, Accept-Encoding");
    CHECK(again("", plain).status == 304);
    CHECK(again(kGzip, plain).status == 200);
    CHECK(again(kDeflate, gzip).status == 200);
    CHECK(again("", gzip).status == 200);
}

TEST_CASE("coded listings: HEAD has the head of GET", "[handlers][listing]") {
    for (const std::size_t max_bytes : {listings::kListingsBytes, kTooLittle}) {
        Site site(6, max_bytes);
        for (const auto coding : {kGzip, kDeflate, std::string_view("Accept-Encoding: br\r\n")}) {
            CAPTURE(coding, max_bytes);
            const Answer get = site.get("/", coding);
            const Answer head = site.ask("HEAD", "/", coding);
            CHECK(head.status == get.status);
            CHECK(head.lines == get.lines);
            CHECK(head.length == get.length);
        }
    }
}

TEST_CASE("coded listings: the client's weights choose, and small ones stay plain", "[handlers][listing]") {
    Site site;
    const auto coding = [&](std::string_view target, std::string_view accepted) {
        return site.get(target, "Accept-Encoding: " + std::string(accepted) + "\r\n").field("Content-Encoding");
    };
    CHECK(coding("/", "gzip, deflate, br") == "gzip");
    CHECK(coding("/", "gzip;q=0.1, deflate;q=0.2, identity;q=0") == "deflate");
    CHECK(coding("/", "gzip;q=0.1, identity;q=0.2") == "-");
    CHECK(coding("/", "gzip;q=0") == "-");
    CHECK(coding("/?format=text&limit=2", "gzip") == "-");
    CHECK(site.get("/", "Accept-Encoding: identity;q=0\r\n").status == 406);
    CHECK(site.get("/?format=text&limit=2", "Accept-Encoding: gzip, identity;q=0\r\n").status == 200);

    Site off(0);
    const Answer plain = off.get("/", kGzip);
    CHECK(plain.field("Content-Encoding") == "-");
    CHECK(plain.field("Vary") == "Accept");
}

TEST_CASE("coded listings: the first block leaves at once, and the pulls do not change the bytes",
          "[handlers][listing]") {
    for (const std::size_t max_bytes : {listings::kListingsBytes, kTooLittle}) {
        CAPTURE(max_bytes);
        Site site(6, max_bytes);
        const std::string plain = site.get("/").body;
        http::Response response = wait_for(site.decide("GET", "/", kGzip));
        auto& source = *std::get<std::unique_ptr<http::BodySource>>(response.body);
        std::string coded = pull(source, 16 * 1024, 1);
        const std::string shown = decoded(coded, Part::beginning);
        CHECK(shown.starts_with("<!DOCTYPE html>"));
        CHECK(shown.size() > 1000);
        CHECK((plain.starts_with(shown)));
        coded += pull(source, 16 * 1024);
        CHECK((decoded(coded) == plain));
        response = {};
        for (const std::size_t room : {1024U, 1025U, 8000U}) {
            http::Response other = wait_for(site.decide("GET", "/", kGzip));
            // Rows that come as time allows fill other blocks; the text is the same.
            const std::string bytes = pull(*std::get<std::unique_ptr<http::BodySource>>(other.body), room);
            CHECK((decoded(bytes) == plain));
            if (max_bytes != kTooLittle) CHECK((bytes == coded));
        }
    }
}

TEST_CASE("coded listings: the encoder's memory is of the listings' share", "[handlers][listing]") {
    Site site(6, kTooLittle);
    {
        const http::Response coded = wait_for(site.decide("GET", "/", kGzip));
        CHECK(site.shares.bytes_left() == kTooLittle - media::kEncodingSourceBytes);
        // Nothing is left for a second one: it is sent as it is, or not at all where that is ruled out.
        CHECK(site.get("/", kGzip).field("Content-Encoding") == "-");
        CHECK(site.get("/", "Accept-Encoding: gzip, identity;q=0\r\n").status == 406);
    }
    CHECK(site.shares.bytes_left() == kTooLittle);
    CHECK(site.get("/", kGzip).field("Content-Encoding") == "gzip");
}
