// Digest fields.
#include "http/digest_field.h"

#include "support/catch.h"

namespace {

using http::DigestAlgorithm;
using http::DigestError;

// Of the empty text.
const std::string k256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
const std::string k512 = "z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==";

std::string parse(std::string_view value) {
    const auto digests = http::parse_digests(value);
    if (!digests) {
        switch (digests.error()) {
            case DigestError::not_a_dictionary: return "not a dictionary";
            case DigestError::not_bytes: return "not bytes";
            case DigestError::wrong_length: return "wrong length";
        }
    }
    std::string out;
    if (digests->sha_256) http::append_digest(out, DigestAlgorithm::sha_256, *digests->sha_256);
    if (digests->sha_512) http::append_digest(out, DigestAlgorithm::sha_512, *digests->sha_512);
    return out;
}

}  // namespace

TEST_CASE("digest: what is known is decoded, the rest ignored", "[http][digest]") {
    CHECK(parse("sha-256=:" + k256 + ":") == "sha-256=:" + k256 + ":");
    CHECK(parse("sha-512=:" + k512 + ":,sha-256=:" + k256 + ":") == "sha-256=:" + k256 + ":sha-512=:" + k512 + ":");
    CHECK(parse("md5=:CY9rzUYh03PK3k6DJie09g==:, unixsum=1, x=(1 2)") == "");
    CHECK(parse("") == "");
    CHECK_FALSE(http::parse_digests("")->any());
    CHECK(parse("sha-256=1, sha-256=:" + k256 + ":") == "sha-256=:" + k256 + ":");
    CHECK(parse("sha-256=:" + k256 + ":;p=1") == "sha-256=:" + k256 + ":");
    const auto digests = http::parse_digests("sha-256=:" + k256 + ":");
    CHECK((*digests->sha_256)[0] == std::byte{0xe3});
    CHECK((*digests->sha_256)[31] == std::byte{0x55});
}

TEST_CASE("digest: a check that cannot be made is an error", "[http][digest]") {
    CHECK(parse("sha-256=" + k256) == "not a dictionary");
    CHECK(parse("sha-256=:" + k256) == "not a dictionary");
    CHECK(parse("SHA-256=:" + k256 + ":") == "not a dictionary");
    CHECK(parse("sha-256=:" + k256 + ":, x=") == "not a dictionary");
    CHECK(parse("sha-256") == "not bytes");
    CHECK(parse("sha-256=\"abc\"") == "not bytes");
    CHECK(parse("sha-256=:YQ==:") == "wrong length");
    CHECK(parse("sha-256=::") == "wrong length");
    CHECK(parse("sha-256=:" + k512 + ":") == "wrong length");
    CHECK(parse("sha-512=:" + k256 + ":") == "wrong length");
    CHECK(parse("sha-256=:" + k256.substr(0, 43) + "A:") == "not bytes");  // 33 bytes
    CHECK(parse("sha-256=:" + k256.substr(0, 42) + "==:") == "not bytes");
    CHECK(parse("sha-256=:" + k256.substr(0, 42) + "V=:") == "not bytes");  // unused bits set
    CHECK(parse("sha-256=:" + k256.substr(0, 43) + ":") == "wrong length");
    CHECK(parse("sha-256=:" + std::string(42, 'A') + "==:") == "wrong length");  // 31 bytes
    CHECK_FALSE(http::digest_error_text(DigestError::not_bytes).empty());
}

TEST_CASE("digest: preferences", "[http][digest]") {
    const auto want = [](std::string_view value) {
        const auto algorithm = http::parse_wanted_digest(value);
        return algorithm ? std::string(http::digest_algorithm_name(*algorithm)) : "none";
    };
    CHECK(want("sha-256=1") == "sha-256");
    CHECK(want("sha-512=3, sha-256=10, unixsum=0") == "sha-256");
    CHECK(want("sha-512=3, sha-256=2") == "sha-512");
    CHECK(want("sha-512=3, sha-256=3") == "sha-256");
    CHECK(want("sha-256=0, sha-512=1") == "sha-512");
    for (const auto* value : {"", "sha-256=0", "md5=10", "sha-256", "sha-256=11", "sha-256=-1", "sha-256=1.5",
                              "sha-256=a", "sha-256=1,", "SHA-256=1"}) {
        CAPTURE(value);
        CHECK(want(value) == "none");
    }
}

TEST_CASE("digest: each fault has a sentence of its own", "[http][digest]") {
    const std::string_view form = http::digest_error_text(DigestError::not_a_dictionary);
    const std::string_view bytes = http::digest_error_text(DigestError::not_bytes);
    const std::string_view length = http::digest_error_text(DigestError::wrong_length);
    CHECK(form.find("sha-256=:BASE64:") != std::string_view::npos);
    CHECK(length.find("not as long") != std::string_view::npos);
    CHECK((form != bytes && bytes != length && form != length));
}
