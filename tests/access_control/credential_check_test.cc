// Whose credentials are right; and that an unknown name is checked against a hash, too.
#include "access_control/credential_check.h"

#include <chrono>
#include <string>

#include "access_control/password_hash.h"
#include "access_control/tokens.h"
#include "support/catch.h"

using namespace access_control;

namespace {

constexpr HashKey kKey{1, 2};

Users users_of(const std::string& text) {
    auto users = parse_users(text);
    REQUIRE(users.has_value());
    return std::move(*users);
}

Verdict basic(const Users& users, const std::string& name, const std::string& password) {
    return check_credentials(users, {Credentials::Scheme::basic, name, password}, kKey);
}

}  // namespace

TEST_CASE("credential check: a password opens its own name only", "[access_control]") {
    if (!has_password_hashes()) return;
    const Users users = users_of("alice:" + make_password_hash("pw") + "\nbob:" + make_password_hash("other") +
                                 "\ngroups:staff:alice\n");
    const Verdict right = basic(users, "alice", "pw");
    REQUIRE(right.kind == Verdict::Kind::right);
    CHECK(right.user->name == "alice");
    CHECK(right.user->groups == std::vector<std::string>{"staff"});
    CHECK(basic(users, "alice", "other").kind == Verdict::Kind::wrong);
    CHECK(basic(users, "alice", "").kind == Verdict::Kind::wrong);
    CHECK(basic(users, "bob", "pw").kind == Verdict::Kind::wrong);
}

TEST_CASE("credential check: an unknown name with the password of its stand-in stays unknown", "[access_control]") {
    if (!has_password_hashes()) return;
    const Users users = users_of("alice:" + make_password_hash("pw") + "\n");
    CHECK(basic(users, "carol", "pw").kind == Verdict::Kind::wrong);
    CHECK(basic(users, "", "pw").kind == Verdict::Kind::wrong);
}

TEST_CASE("credential check: an unknown name costs a hash", "[access_control]") {
    if (!has_password_hashes()) return;
    const Users users = users_of("alice:" + make_password_hash("pw") + "\n");
    using Clock = std::chrono::steady_clock;
    const auto began = Clock::now();
    basic(users, "carol", "x");
    // yescrypt takes 15 ms and a search some microseconds, so this holds on any machine.
    CHECK(Clock::now() - began > std::chrono::milliseconds(1));
}

TEST_CASE("credential check: a token opens without a name", "[access_control]") {
    if (!has_tokens()) return;
    const Users users = users_of("robot:token:" + token_digest("t1") + "\nrobot:token:" + token_digest("t2") + "\n");
    for (const char* token : {"t1", "t2"}) {
        const Verdict verdict = check_credentials(users, {Credentials::Scheme::bearer, {}, token}, kKey);
        REQUIRE(verdict.kind == Verdict::Kind::right);
        CHECK(verdict.user->name == "robot");
    }
    CHECK(check_credentials(users, {Credentials::Scheme::bearer, {}, "t3"}, kKey).kind == Verdict::Kind::wrong);
    CHECK(basic(users, "robot", "t1").kind == Verdict::Kind::wrong);
}

TEST_CASE("credential check: a badge counts while its user has the same password", "[access_control][badge]") {
    if (!has_password_hashes() || !has_tokens()) return;
    const std::string alice = "alice:" + make_password_hash("pw") + "\n";
    const Users users =
        users_of(alice + "bob:" + make_password_hash("pw") + "\nrobot:token:" + token_digest("t") + "\n");
    const std::string stamp = basic(users, "alice", "pw").user->stamp;
    CHECK(stamp.size() == 32);
    const auto check = [](const Users& in, const std::string& name, const std::string& secret) {
        return check_credentials(in, {Credentials::Scheme::badge, name, secret}, kKey);
    };
    const Verdict right = check(users, "alice", stamp);
    REQUIRE(right.kind == Verdict::Kind::right);
    CHECK(right.user->name == "alice");
    CHECK(check(users_of(alice), "alice", stamp).kind == Verdict::Kind::right);
    for (const char* name : {"bob", "robot", "carol", ""})
        CHECK(check(users, name, stamp).kind == Verdict::Kind::wrong);
    CHECK(check(users, "alice", "").kind == Verdict::Kind::wrong);
    CHECK(check(users, "robot", "").kind == Verdict::Kind::wrong);
    // The same password again has another salt.
    CHECK(check(users_of("alice:" + make_password_hash("pw") + "\n"), "alice", stamp).kind == Verdict::Kind::wrong);
    CHECK(check(users_of("bob:" + make_password_hash("pw") + "\n"), "alice", stamp).kind == Verdict::Kind::wrong);
}

TEST_CASE("credential check: a maker counts while there is a user of that name", "[access_control][share]") {
    const Users users = users_of("robot:token:" + std::string(64, 'a') + "\ngroups:staff:robot\n");
    const auto check = [&](const std::string& name) {
        return check_credentials(users, {Credentials::Scheme::name_alone, name, {}}, kKey);
    };
    const Verdict right = check("robot");
    REQUIRE(right.kind == Verdict::Kind::right);
    CHECK(right.user->name == "robot");
    CHECK(right.user->groups == std::vector<std::string>{"staff"});
    CHECK(check("alice").kind == Verdict::Kind::wrong);
    CHECK(check("").kind == Verdict::Kind::wrong);
}
