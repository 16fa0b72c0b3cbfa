// Digests against the published vectors (FIPS 180-4 examples).
#include "storage/digest.h"

#include "support/catch.h"
#include "support/write_site.h"

namespace {

std::string hex(std::string_view raw) {
    std::string text;
    for (const char c : raw) {
        const auto byte = static_cast<unsigned char>(c);
        text += "0123456789abcdef"[byte >> 4];
        text += "0123456789abcdef"[byte & 15];
    }
    return text;
}

}  // namespace

TEST_CASE("digest: the hash of \"abc\", in pieces and whole", "[content][digest]") {
    if (!storage::has_digests()) {
        CHECK(storage::Digester::make(http::DigestAlgorithm::sha_256) == nullptr);
        return;
    }
    CHECK(storage::digest_library() != "none");
    const auto short_one = storage::Digester::make(http::DigestAlgorithm::sha_256);
    REQUIRE(short_one != nullptr);
    short_one->update(support::bytes("a"));
    short_one->update(support::bytes("bc"));
    CHECK(hex(short_one->finish()) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    const auto long_one = storage::Digester::make(http::DigestAlgorithm::sha_512);
    REQUIRE(long_one != nullptr);
    long_one->update(support::bytes("abc"));
    CHECK(hex(long_one->finish()) ==
          "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
          "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}
