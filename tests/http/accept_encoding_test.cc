// Choosing a content coding.
#include "http/accept_encoding.h"

#include "http/field_section.h"
#include "http/limits.h"
#include "support/catch.h"

namespace {

using http::Coding;
using http::CodingSet;
using http_test::FieldSection;

const CodingSet kPlain(Coding::identity);
const CodingSet kUsual(Coding::identity, Coding::gzip, Coding::deflate);
const CodingSet kAll(Coding::identity, Coding::gzip, Coding::deflate, Coding::br, Coding::zstd);

std::string choose_from(const FieldSection& section, CodingSet available) {
    const auto coding = http::AcceptedCodings::parse(section.fields, section.text).choose(available);
    if (!coding) return "none";
    return *coding == Coding::identity ? "identity" : std::string(http::coding_name(*coding));
}

std::string choose(std::string_view value, CodingSet available = kUsual) {
    return choose_from(FieldSection("Accept-Encoding: " + std::string(value) + "\r\n"), available);
}

}  // namespace

TEST_CASE("accept-encoding: without the field identity, or else what there is", "[http][accept_encoding]") {
    const FieldSection none("Host: a\r\n");
    CHECK(choose_from(none, kAll) == "identity");
    CHECK(choose_from(none, CodingSet(Coding::gzip)) == "gzip");
    CHECK(choose_from(none, CodingSet()) == "none");
}

TEST_CASE("accept-encoding: an empty field wants identity", "[http][accept_encoding]") {
    CHECK(choose("", kAll) == "identity");
    CHECK(choose(" , ,", kAll) == "identity");
    CHECK(choose("", CodingSet(Coding::gzip)) == "none");
}

TEST_CASE("accept-encoding: the greatest weight wins, then the server's order", "[http][accept_encoding]") {
    CHECK(choose("gzip") == "gzip");
    CHECK(choose("GZip") == "gzip");
    CHECK(choose("x-gzip") == "gzip");
    CHECK(choose("deflate, gzip") == "gzip");
    CHECK(choose("deflate, gzip;q=0.9") == "deflate");
    CHECK(choose("gzip, deflate, br, zstd", kAll) == "br");
    CHECK(choose("gzip, deflate, zstd", kAll) == "zstd");
    CHECK(choose("gzip, deflate, br, zstd") == "gzip");
    CHECK(choose("gzip;q=0.5, identity") == "identity");
    CHECK(choose("gzip;q=0.5, identity;q=0.5") == "gzip");
    CHECK(choose("identity;q=0.001, gzip;q=0.002") == "gzip");
    CHECK(choose("gzip;q=0.001") == "gzip");
    CHECK(choose("gzip ; q=0.2 , deflate ; q=0.3") == "deflate");
}

TEST_CASE("accept-encoding: weight zero refuses", "[http][accept_encoding]") {
    CHECK(choose("gzip;q=0") == "identity");
    CHECK(choose("gzip;q=0.000, deflate") == "deflate");
    CHECK(choose("identity;q=0") == "none");
    CHECK(choose("identity;q=0, gzip") == "gzip");
    CHECK(choose("*;q=0") == "none");
    CHECK(choose("*;q=0, identity") == "identity");
    CHECK(choose("*;q=0, gzip;q=0.1") == "gzip");
    CHECK(choose("identity;q=0", kPlain) == "none");
    CHECK(choose("identity;q=0, *;q=0.5") == "gzip");
}

TEST_CASE("accept-encoding: the asterisk stands for what is not mentioned", "[http][accept_encoding]") {
    CHECK(choose("*") == "gzip");
    CHECK(choose("*", kAll) == "br");
    CHECK(choose("*;q=0.5, gzip;q=0.1, deflate;q=0") == "identity");
    CHECK(choose("gzip;q=0, *") == "deflate");
    CHECK(choose("*", kPlain) == "identity");
}

TEST_CASE("accept-encoding: unknown and malformed members are ignored", "[http][accept_encoding]") {
    CHECK(choose("compress, exi, pack200-gzip") == "identity");
    CHECK(choose("gzipped, xgzip") == "identity");
    CHECK(choose("gzip;q=abc") == "identity");
    CHECK(choose("gzip;q=2, deflate") == "deflate");
    CHECK(choose("gzip deflate") == "identity");
    CHECK(choose("compress, identity;q=0") == "none");
}

TEST_CASE("accept-encoding: several lines are one list", "[http][accept_encoding]") {
    CHECK(choose_from(FieldSection("Accept-Encoding: deflate;q=0.5\r\naccept-encoding: gzip\r\n"), kUsual) == "gzip");
    std::string many;
    for (std::size_t i = 0; i < http::kMaxListMembers; ++i) many += "x,";
    CHECK(choose(many + "gzip") == "identity");
    CHECK(choose(many.substr(2) + "gzip") == "gzip");
}

TEST_CASE("accept-encoding: names", "[http][accept_encoding]") {
    for (const Coding coding : {Coding::gzip, Coding::deflate, Coding::br, Coding::zstd}) {
        CHECK(http::find_coding(http::coding_name(coding)) == coding);
    }
    CHECK(http::coding_name(Coding::identity).empty());
    CHECK(http::find_coding("identity") == Coding::identity);
    CHECK_FALSE(http::find_coding("").has_value());
}
