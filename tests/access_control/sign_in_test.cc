// Who is let through, who is refused and how, and what is asked of the verifier for it.
#include "access_control/sign_in.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "access_control/sign_in_bench.h"
#include "access_control/tokens.h"

using access_control::SignIn;
using namespace sign_in_bench;

TEST_CASE("sign-in: a request without credentials goes on and asks nobody", "[access_control]") {
    Bench bench;
    CHECK_FALSE(bench.admit("").has_value());
    CHECK(bench.request.user == nullptr);
    CHECK(bench.verifier.asked.empty());
}

TEST_CASE("sign-in: right credentials are routed with their user, and remembered", "[access_control]") {
    Bench bench;
    CHECK(bench.status(alice, "alice") == 200);
    CHECK(bench.routed == "alice");
    REQUIRE(bench.verifier.asked.size() == 1);
    CHECK(bench.verifier.asked[0].name == "alice");
    CHECK(bench.verifier.asked[0].secret == "pw");
    CHECK(bench.verifier.wakes[0] == 7);
    CHECK_FALSE(bench.admit(alice).has_value());
    REQUIRE(bench.request.user != nullptr);
    CHECK(bench.request.user->name == "alice");
    CHECK(bench.verifier.asked.size() == 1);
}

TEST_CASE("sign-in: remembered credentials end with their time and with other users", "[access_control]") {
    Bench bench;
    CHECK(bench.status(alice, "alice") == 200);
    bench.sign_in.forget_all();
    CHECK(bench.status(alice, "alice") == 200);
    bench.clock.advance_ms(60'000);
    CHECK(bench.status(alice, "alice") == 200);
    CHECK(bench.verifier.asked.size() == 3);
}

TEST_CASE("sign-in: wrong credentials are 401 and are asked for again each time", "[access_control]") {
    Bench bench;
    CHECK(bench.status(alice, "") == 401);
    CHECK(bench.status(alice, "") == 401);
    CHECK(bench.routed.empty());
    CHECK(bench.verifier.asked.size() == 2);
}

TEST_CASE("sign-in: tokens are asked for as such", "[access_control]") {
    Bench bench;
    CHECK(bench.status(token, "robot") == 200);
    CHECK(bench.routed == "robot");
    CHECK(bench.verifier.asked[0].scheme == access_control::Credentials::Scheme::bearer);
    CHECK(bench.verifier.asked[0].secret == "godwit_t");
}

TEST_CASE("sign-in: what is no credentials is refused unasked", "[access_control]") {
    Bench bench;
    CHECK(bench.status("Authorization: Digest username=\"a\"\r\n", "a") == 401);
    CHECK(bench.status("Authorization: Basic !\r\n", "a") == 401);
    CHECK(bench.status(alice + token, "a") == 400);
    CHECK(bench.status("Authorization: Basic " + std::string("YWFh").append(400, 'a') + "\r\n", "a") == 401);
    CHECK(bench.verifier.asked.empty());
}

TEST_CASE("sign-in: a check that nobody answers is 503, and nobody is let through", "[access_control]") {
    Bench bench;
    bench.verifier.is_full = true;
    const auto full = bench.settle(alice, "alice");
    CHECK(full->status == http::Status::service_unavailable);
    CHECK(full->find("Retry-After").has_value());
    bench.verifier.is_full = false;
    auto decision = bench.admit(alice);
    auto pending = std::move(std::get<std::unique_ptr<handler::PendingDecision>>(*decision));
    CHECK_FALSE(pending->advance(bench.request, 7).has_value());
    bench.verifier.fail();
    CHECK(std::get<http::Response>(*pending->advance(bench.request, 7)).status == http::Status::service_unavailable);
    CHECK(bench.routed.empty());
}

TEST_CASE("sign-in: who guesses is told when to come back, and asked nothing until then", "[access_control]") {
    Bench bench;
    for (unsigned i = 0; i < access_control::GuessLimits::kFreeByAddress; ++i) CHECK(bench.status(alice, "") == 401);
    const auto slowed = bench.settle(alice, "alice");
    CHECK(slowed->status == http::Status::too_many_requests);
    CHECK(slowed->find("Retry-After") == "1");
    CHECK(bench.verifier.asked.size() == access_control::GuessLimits::kFreeByAddress);
    CHECK(bench.status(alice, "alice", {0, 2}) == 200);
    bench.clock.advance_ms(1'000);
    bench.sign_in.forget_all();
    CHECK(bench.status(alice, "") == 401);
    const auto longer = bench.settle(alice, "alice");
    REQUIRE(longer.has_value());
    CHECK(longer->find("Retry-After") == "2");
    int stated = 0;
    for (const http::FieldView field : longer->fields) stated += field.name == "Retry-After" ? 1 : 0;
    CHECK(stated == 1);
    bench.clock.advance_ms(2'000);
    CHECK(bench.status(alice, "alice") == 200);
}

TEST_CASE("sign-in: remembered credentials are not slowed down by guesses from the same address", "[access_control]") {
    Bench bench;
    CHECK(bench.status(alice, "alice") == 200);
    for (unsigned i = 0; i < 20; ++i) bench.settle(token, "");
    CHECK_FALSE(bench.admit(alice).has_value());
}

TEST_CASE("sign-in: one client has a few questions waiting at most", "[access_control]") {
    Bench bench;
    std::vector<handler::Decision> waiting;
    for (unsigned i = 0; i < SignIn::kMostOfOneClient; ++i) {
        auto decision = bench.admit(alice);
        waiting.push_back(std::move(*decision));
    }
    CHECK(bench.status(alice, "alice") == 429);
    // Tools that ban guessing clients look for other words.
    const auto refused = bench.admit(alice);
    CHECK(std::get<http::Response>(*refused).reason.find("sign-in") == std::string_view::npos);
    CHECK(bench.status(alice, "alice", {0, 2}) == 200);
    waiting.pop_back();
    bench.sign_in.forget_all();
    CHECK(bench.status(alice, "alice") == 200);
}

TEST_CASE("sign-in: a question of a client that is gone is taken back", "[access_control]") {
    Bench bench;
    auto decision = bench.admit(alice);
    auto pending = std::move(std::get<std::unique_ptr<handler::PendingDecision>>(*decision));
    CHECK_FALSE(pending->advance(bench.request, 7).has_value());
    CHECK(bench.verifier.waiting.size() == 1);
    pending.reset();
    CHECK(bench.verifier.waiting.empty());
}

namespace {

using Kind = SignIn::Outcome::Kind;

}  // namespace

TEST_CASE("sign-in: a right name and password of the form give a badge, by which its user is known",
          "[access_control][badge]") {
    if (!access_control::has_tokens()) return;
    Bench bench;
    const auto outcome = bench.check("alice", "alice");
    REQUIRE(outcome.kind == Kind::right);
    CHECK(bench.verifier.asked[0].secret == "pw");
    auto decision = bench.admit_badge(outcome.badge);
    REQUIRE(decision.has_value());
    auto pending = std::move(std::get<std::unique_ptr<handler::PendingDecision>>(*decision));
    CHECK_FALSE(pending->advance(bench.request, 7).has_value());
    CHECK(bench.verifier.asked[1].scheme == access_control::Credentials::Scheme::badge);
    CHECK(bench.verifier.asked[1].secret == bench.verifier.stamp);
    bench.verifier.answer("alice", {"staff"});
    CHECK(pending->advance(bench.request, 7).has_value());
    CHECK(bench.routed == "alice");
    CHECK(bench.request.signed_in_by == http::SignedInBy::badge);
    // Another badge of the same user is not asked for again.
    const auto again = bench.check("alice", "alice");
    CHECK_FALSE(bench.admit_badge(again.badge).has_value());
    REQUIRE(bench.request.user != nullptr);
    CHECK(bench.request.user->groups == std::vector<std::string>{"staff"});
}

TEST_CASE("sign-in: a badge that does not count is nobody's, and asks nobody", "[access_control][badge]") {
    if (!access_control::has_tokens()) return;
    Bench bench;
    const auto outcome = bench.check("alice", "alice");
    for (const std::string& text : {std::string(), std::string("x"), outcome.badge + "0"}) {
        CHECK_FALSE(bench.admit_badge(text).has_value());
        CHECK(bench.request.user == nullptr);
        CHECK(bench.request.signed_in_by == http::SignedInBy::dead_badge);
    }
    bench.clock.advance_ms(12 * 3'600'000);
    CHECK_FALSE(bench.admit_badge(outcome.badge).has_value());
    CHECK(bench.request.signed_in_by == http::SignedInBy::dead_badge);
    CHECK(bench.verifier.asked.size() == 1);
}

TEST_CASE("sign-in: a badge ends with its user's password, and goes on without a user", "[access_control][badge]") {
    if (!access_control::has_tokens()) return;
    Bench bench;
    const auto outcome = bench.check("alice", "alice");
    auto decision = bench.admit_badge(outcome.badge);
    auto pending = std::move(std::get<std::unique_ptr<handler::PendingDecision>>(*decision));
    CHECK_FALSE(pending->advance(bench.request, 7).has_value());
    bench.verifier.answer("");
    CHECK(pending->advance(bench.request, 7).has_value());
    CHECK(bench.routed == "nobody");
    CHECK(bench.request.signed_in_by == http::SignedInBy::dead_badge);
    CHECK(bench.sign_in.check_password({0, 1}, "bob", "pw")->advance(7) == std::nullopt);  // that was no guess
}

TEST_CASE("sign-in: no field of a request is taken for what stands for a badge", "[access_control][badge]") {
    if (!access_control::has_tokens()) return;
    Bench bench;
    const auto outcome = bench.check("alice", "alice");
    auto decision = bench.admit_badge(outcome.badge);
    auto pending = std::move(std::get<std::unique_ptr<handler::PendingDecision>>(*decision));
    CHECK_FALSE(pending->advance(bench.request, 7).has_value());
    bench.verifier.answer("alice");
    CHECK(pending->advance(bench.request, 7).has_value());
    CHECK(bench.status("Authorization: " + bench.verifier.stamp + " alice\r\n", "alice") == 401);
}

TEST_CASE("sign-in: a check of a badge that nobody answers is 503", "[access_control][badge]") {
    if (!access_control::has_tokens()) return;
    Bench bench;
    const auto outcome = bench.check("alice", "alice");
    bench.verifier.is_full = true;
    auto decision = bench.admit_badge(outcome.badge);
    auto pending = std::move(std::get<std::unique_ptr<handler::PendingDecision>>(*decision));
    const auto answer = pending->advance(bench.request, 7);
    REQUIRE(answer.has_value());
    CHECK(std::get<http::Response>(*answer).status == http::Status::service_unavailable);
    CHECK(bench.check("alice", "alice").kind == Kind::unanswered);
    CHECK(bench.routed.empty());
}

TEST_CASE("sign-in: guesses by the form and by the field are counted together", "[access_control][badge]") {
    Bench bench;
    for (unsigned i = 1; i < access_control::GuessLimits::kFreeByAddress; ++i) CHECK(bench.status(alice, "") == 401);
    CHECK(bench.check("bob", "").kind == Kind::wrong);
    const auto slowed = bench.check("bob", "bob");
    CHECK(slowed.kind == Kind::slowed);
    CHECK(slowed.wait_ms == 1'000);
    CHECK(bench.status(alice, "alice") == 429);
    CHECK(bench.verifier.asked.size() == access_control::GuessLimits::kFreeByAddress);
}

TEST_CASE("sign-in: a name that nobody can have counts as a guess", "[access_control][badge]") {
    Bench bench;
    for (unsigned i = 0; i < access_control::GuessLimits::kFreeByAddress; ++i) {
        CHECK(bench.check("a\nb", "alice").kind == Kind::wrong);
    }
    CHECK(bench.check("alice", "alice").kind == Kind::slowed);
    CHECK(bench.verifier.asked.empty());
}

TEST_CASE("sign-in: a password that is given up is taken back", "[access_control][badge]") {
    Bench bench;
    auto check = bench.sign_in.check_password({0, 1}, "alice", "pw");
    CHECK_FALSE(check->advance(7).has_value());
    CHECK(bench.verifier.waiting.size() == 1);
    check.reset();
    CHECK(bench.verifier.waiting.empty());
}

TEST_CASE("sign-in: who leaves while a password is checked has guessed", "[access_control]") {
    Bench bench;
    bench.verifier.begins_checks = true;
    const auto leave = [&](http::ClientKey client) {
        auto pending = std::move(std::get<std::unique_ptr<handler::PendingDecision>>(*bench.admit(alice, client)));
        CHECK_FALSE(pending->advance(bench.request, 7).has_value());
    };
    for (unsigned i = 0; i + 1 < access_control::GuessLimits::kFreeByAddress; ++i) leave({0, 1});
    auto check = bench.sign_in.check_password({0, 1}, "alice", "pw");
    CHECK_FALSE(check->advance(7).has_value());
    check.reset();
    CHECK(bench.status(alice, "alice") == 429);
    CHECK(bench.status(alice, "alice", {0, 2}) == 200);
}

TEST_CASE("sign-in: who leaves before anybody looked at his password, or as another one's visitor, has not guessed",
          "[access_control]") {
    Bench bench;
    const auto begin = [&](std::optional<handler::Decision> decision) {
        auto pending = std::move(std::get<std::unique_ptr<handler::PendingDecision>>(*decision));
        CHECK_FALSE(pending->advance(bench.request, 7).has_value());
    };
    for (unsigned i = 0; i < 2 * access_control::GuessLimits::kFreeByAddress; ++i) begin(bench.admit(alice));
    bench.verifier.begins_checks = true;
    for (unsigned i = 0; i < 2 * access_control::GuessLimits::kFreeByAddress; ++i) begin(bench.admit_link());
    CHECK(bench.status(alice, "alice") == 200);
}

TEST_CASE("sign-in: who made a link is asked for, and known for a while", "[access_control][share]") {
    Bench bench;
    auto decision = bench.admit_link();
    REQUIRE(decision.has_value());
    auto pending = std::move(std::get<std::unique_ptr<handler::PendingDecision>>(*decision));
    CHECK_FALSE(pending->advance(bench.request, 7).has_value());
    CHECK(bench.verifier.asked[0].scheme == access_control::Credentials::Scheme::name_alone);
    CHECK(bench.verifier.asked[0].name == "alice");
    bench.verifier.answer("alice", {"staff"});
    REQUIRE(pending->advance(bench.request, 7).has_value());
    CHECK(bench.routed == "alice");
    CHECK(bench.request.shared->path == "/a");
    CHECK(bench.request.shared->maker->groups == std::vector<std::string>{"staff"});
    CHECK(bench.request.user == nullptr);
    CHECK_FALSE(bench.admit_link().has_value());
    CHECK(bench.request.shared->maker->name == "alice");
    CHECK(bench.verifier.asked.size() == 1);
    bench.sign_in.forget_all();
    CHECK(bench.admit_link().has_value());
}

TEST_CASE("sign-in: a link whose maker is gone is over, and goes on without rights", "[access_control][share]") {
    Bench bench;
    auto pending = std::move(std::get<std::unique_ptr<handler::PendingDecision>>(*bench.admit_link()));
    CHECK_FALSE(pending->advance(bench.request, 7).has_value());
    bench.verifier.answer({});
    REQUIRE(pending->advance(bench.request, 7).has_value());
    CHECK(bench.routed == "nobody");
    CHECK(bench.request.shown_link == http::ShownLink::over);
    CHECK(bench.request.shared == nullptr);
}

TEST_CASE("sign-in: a link whose maker nobody can be asked about is 503", "[access_control][share]") {
    Bench bench;
    bench.verifier.is_full = true;
    auto pending = std::move(std::get<std::unique_ptr<handler::PendingDecision>>(*bench.admit_link()));
    const auto decision = pending->advance(bench.request, 7);
    REQUIRE(decision.has_value());
    CHECK(std::get<http::Response>(*decision).status == http::Status::service_unavailable);
    CHECK(bench.request.shared == nullptr);
}
