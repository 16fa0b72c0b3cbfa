// The lines of a users file.
#include "access_control/users_file.h"

#include "access_control/password_hash.h"
#include "support/catch.h"

using access_control::parse_users;

namespace {

const std::string bcrypt_hash = "$2b$04$abcdefghijklmnopqrstuu/LVz6MZlItEy42I2juLihZ66HnQx/cy";
const std::string digest(64, 'a');

std::string fault_of(std::string_view text) {
    const auto users = parse_users(text);
    if (users) return "";
    return std::to_string(users.error().line) + ": " + users.error().sentence;
}

}  // namespace

TEST_CASE("users file: takes passwords, tokens, groups, comments and empty lines", "[access][users]") {
    if (!access_control::has_password_hashes()) return;
    const auto users = parse_users("# people\r\n\nanna:" + bcrypt_hash + "\r\ngroups:staff:anna, bob\nbob:token:" +
                                   std::string(64, 'A') + "\nanna:token:" + digest + "\ngroups:ops:anna");
    REQUIRE(users);
    REQUIRE(users->accounts.size() == 2);
    const access_control::Account* const anna = users->find("anna");
    REQUIRE(anna != nullptr);
    CHECK(anna->password_hash == bcrypt_hash);
    CHECK(anna->token_digests == std::vector<std::string>{digest});
    CHECK(anna->groups == std::vector<std::string>{"staff", "ops"});
    const access_control::Account* const bob = users->find("bob");
    REQUIRE(bob != nullptr);
    CHECK(bob->password_hash.empty());
    CHECK(bob->groups == std::vector<std::string>{"staff"});
    CHECK(users->find("carol") == nullptr);
    CHECK(users->find("") == nullptr);
    CHECK(users->find_token(digest) != nullptr);
    CHECK(users->find_token(std::string(64, 'b')) == nullptr);
}

TEST_CASE("users file: names the line of the first fault", "[access][users]") {
    CHECK(fault_of("bob:token:" + digest + "\nanna").starts_with("2: "));
    CHECK(fault_of("anna:token:" + digest + "a").starts_with("1: "));
    CHECK(fault_of("anna:token:" + std::string(64, 'g')).starts_with("1: "));
    CHECK(fault_of("\n\nanna:$apr1$x$y").starts_with("3: $apr1$"));
    CHECK(fault_of("an na:token:" + digest).starts_with("1: "));
    CHECK(fault_of(":token:" + digest).starts_with("1: "));
    CHECK(fault_of("@anna:token:" + digest).starts_with("1: "));
    CHECK(fault_of("*:token:" + digest).starts_with("1: "));
    CHECK(fault_of("groups:staff").starts_with("1: "));
    CHECK(fault_of("groups:@staff:anna").starts_with("1: "));
    CHECK(fault_of("anna:token:" + digest + "\ngroups:staff:anna zoe\n").starts_with("2: "));
}

TEST_CASE("users file: a name has one password", "[access][users]") {
    if (!access_control::has_password_hashes()) return;
    CHECK(fault_of("anna:" + bcrypt_hash + "\nanna:" + bcrypt_hash).starts_with("2: a second password"));
}

TEST_CASE("users file: names are letters, digits, some marks and UTF-8", "[access][users]") {
    CHECK(access_control::is_user_name("anna.b-c_d@example.org"));
    CHECK(access_control::is_user_name("ren\xc3\xa9"));
    CHECK(access_control::is_user_name(std::string(64, 'a')));
    CHECK_FALSE(access_control::is_user_name(std::string(65, 'a')));
    CHECK_FALSE(access_control::is_user_name(""));
    CHECK_FALSE(access_control::is_user_name("+"));
    CHECK_FALSE(access_control::is_user_name("-"));
    CHECK_FALSE(access_control::is_user_name("a b"));
    CHECK_FALSE(access_control::is_user_name("a\xff"));
    CHECK_FALSE(access_control::is_user_name("a\nb"));
}
