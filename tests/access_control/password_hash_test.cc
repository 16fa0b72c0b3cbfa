// Forms of stored passwords, and the check against them.
#include "access_control/password_hash.h"

#include "support/catch.h"

using access_control::check_hash_form;

namespace {

constexpr std::string_view kBcrypt = "$2b$04$abcdefghijklmnopqrstuu/LVz6MZlItEy42I2juLihZ66HnQx/cy";
constexpr std::string_view kSha512 =
    "$6$rounds=1000$saltsalt$/IiX/CoEcxCZ9SksEXnbjfCT1LGvD4z5OpJkaFYl/T37OAwuKZ8I8BixDhruhPLkw6lS7dw/6wQWgQnGo7lLg/";
constexpr std::string_view kYescrypt = "$y$j75$2Tb5dtbdR9T4/E8zCMl0W0$f2uOaMNcOlLt5LEekbIdhH3T5WCecwmUkwkbCN1WID2";

std::string fault_of(std::string_view hash) {
    const auto checked = check_hash_form(hash);
    return checked ? "" : checked.error();
}

}  // namespace

TEST_CASE("password hash: bcrypt, yescrypt and SHA-512 crypt are accepted", "[access][hash]") {
    for (const std::string_view hash : {kBcrypt, kSha512, kYescrypt}) {
        INFO(hash);
        CHECK(fault_of(hash).empty());
        CHECK_FALSE(fault_of(hash.substr(0, hash.size() - 1)).empty());
        CHECK_FALSE(fault_of(std::string(hash) + "a").empty());
    }
}

TEST_CASE("password hash: weak forms are refused by name, with a way out", "[access][hash]") {
    struct Case {
        std::string_view hash;
        std::string_view named;
    };
    const auto weak = GENERATE(Case{"$apr1$abcdefgh$0123456789012345678901", "$apr1$"},
                               Case{"$1$saltsalt$Yo6tRKYGO/jWyb1etwHDS/", "MD5 crypt"}, Case{"ab/G8gtZdMwak", "DES"},
                               Case{"{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=", "SHA-1"},
                               Case{"$5$saltsalt$yrhPKxCqiWcCE9h0g86j6Ugz7SDFdFm.BjU.d8RaQnC", "SHA-256"},
                               Case{"secret", "no hash"}, Case{"", "no hash"}, Case{"$7$CU..../....x", "not known"});
    INFO(weak.hash);
    CHECK(fault_of(weak.hash).find(weak.named) != std::string::npos);
    CHECK(fault_of(weak.hash).find("htpasswd -B -C 10") != std::string::npos);
}

TEST_CASE("password hash: a cost that would keep others waiting is refused", "[access][hash]") {
    std::string bcrypt(kBcrypt);
    bcrypt.replace(4, 2, "15");
    CHECK(fault_of(bcrypt).find("cost") != std::string::npos);
    std::string yescrypt(kYescrypt);
    yescrypt.replace(3, 3, "jFT");
    CHECK(fault_of(yescrypt).find("cost") != std::string::npos);
    std::string sha512(kSha512);
    sha512.replace(sha512.find("1000"), 4, "9000000");
    CHECK(fault_of(sha512).find("rounds") != std::string::npos);
}

TEST_CASE("password hash: the right password matches and others do not", "[access][hash]") {
    if (!access_control::has_password_hashes()) return;
    for (const std::string_view hash : {kBcrypt, kSha512, kYescrypt}) {
        INFO(hash);
        CHECK(access_control::matches_password(std::string(hash), "open sesame"));
        CHECK_FALSE(access_control::matches_password(std::string(hash), "open sesam"));
        CHECK_FALSE(access_control::matches_password(std::string(hash), ""));
        CHECK_FALSE(access_control::matches_password(std::string(hash), std::string_view("open sesame\0x", 13)));
    }
    CHECK_FALSE(access_control::matches_password(std::string(kSha512),
                                                 std::string(access_control::kMaxPasswordBytes + 1, 'a')));
}

TEST_CASE("password hash: a new one is yescrypt, salted, and matches", "[access][hash]") {
    if (!access_control::has_password_hashes()) return;
    const std::string hash = access_control::make_password_hash("pass");
    CHECK(hash.starts_with("$y$"));
    CHECK(fault_of(hash).empty());
    CHECK(access_control::matches_password(hash, "pass"));
    CHECK(access_control::make_password_hash("pass") != hash);
}
