// What one side encodes the other side understands, and nothing else.
#include "access_control/verifier_messages.h"

#include <string>

#include "support/catch.h"

using namespace access_control;

namespace {

constexpr std::string_view kBroken[] = {"", "basic", std::string_view("basic\0", 6),
                                        std::string_view("basic\0x\0a\0b\0", 12), std::string_view("right\0001\0", 8)};

template <class Kind>
Kind sent(const FromVerifier& message) {
    const auto decoded = decode_from_verifier(encode(message));
    REQUIRE(decoded.has_value());
    REQUIRE(std::holds_alternative<Kind>(*decoded));
    return std::get<Kind>(*decoded);
}

}  // namespace

TEST_CASE("verifier messages: a question arrives as it was sent", "[access_control]") {
    const Question question{7, {Credentials::Scheme::basic, "alice", "a:b"}};
    const auto decoded = decode_to_verifier(encode(ToVerifier(question)));
    REQUIRE(decoded.has_value());
    const auto& got = std::get<Question>(*decoded);
    CHECK(got.ticket == 7);
    CHECK(got.credentials.name == "alice");
    CHECK(got.credentials.secret == "a:b");
    const auto token = decode_to_verifier(encode(ToVerifier(Question{8, {Credentials::Scheme::bearer, {}, "t"}})));
    CHECK(std::get<Question>(*token).credentials.scheme == Credentials::Scheme::bearer);
    const auto maker =
        decode_to_verifier(encode(ToVerifier(Question{9, {Credentials::Scheme::name_alone, "alice", {}}})));
    CHECK(std::get<Question>(*maker).credentials.scheme == Credentials::Scheme::name_alone);
    CHECK(std::holds_alternative<LookAgain>(*decode_to_verifier(encode(ToVerifier(LookAgain{})))));
}

TEST_CASE("verifier messages: an answer names the user and the groups", "[access_control]") {
    const auto user = std::make_shared<http::User>(http::User{"alice", {"staff", "editors"}});
    const Answer answer = sent<Answer>(Answer{9, {Verdict::Kind::right, user}});
    CHECK(answer.ticket == 9);
    REQUIRE(answer.verdict.kind == Verdict::Kind::right);
    CHECK(answer.verdict.user->name == "alice");
    CHECK(answer.verdict.user->groups == user->groups);
    CHECK(sent<Answer>(Answer{9, {Verdict::Kind::wrong, nullptr}}).verdict.kind == Verdict::Kind::wrong);
    CHECK(sent<Answer>(Answer{9, {}}).verdict.kind == Verdict::Kind::failed);
}

TEST_CASE("verifier messages: a user of too many groups is none", "[access_control]") {
    const auto user =
        std::make_shared<http::User>(http::User{"alice", std::vector<std::string>(2'000, std::string(60, 'g'))});
    CHECK(sent<Answer>(Answer{9, {Verdict::Kind::right, user}}).verdict.kind == Verdict::Kind::failed);
}

TEST_CASE("verifier messages: notices arrive", "[access_control]") {
    CHECK(sent<UsersFaulty>(UsersFaulty{"line 3"}).sentence == "line 3");
    sent<UsersReplaced>(UsersReplaced{});
    sent<Restarted>(Restarted{});
    sent<KeeperReplaced>(KeeperReplaced{});
}

TEST_CASE("verifier messages: what is cut or made up is refused", "[access_control]") {
    for (const std::string_view text : kBroken) {
        CHECK_FALSE(decode_to_verifier(text).has_value());
        CHECK_FALSE(decode_from_verifier(text).has_value());
    }
}

TEST_CASE("verifier messages: files that are handed over have a number, and an error or none", "[access_control]") {
    const auto opened = decode_from_verifier(encode(FromVerifier(FileOpened{3, 13})));
    CHECK(std::get<FileOpened>(*opened).number == 3);
    CHECK(std::get<FileOpened>(*opened).error == 13);
    CHECK(std::holds_alternative<Looked>(*decode_from_verifier(encode(FromVerifier(Looked{})))));
    using namespace std::string_view_literals;
    for (const std::string_view text : {"opened\0x\0001\0"sv, "opened\0001\0"sv, "opened\0001\0009999999999\0"sv}) {
        CHECK_FALSE(decode_from_verifier(text).has_value());
    }
}
