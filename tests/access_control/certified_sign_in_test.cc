// Who signs in by a certificate: what is asked of the verifier for it.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "access_control/sign_in_bench.h"

using sign_in_bench::Bench;

TEST_CASE("sign-in: a certificate is proof, and the users file says the groups", "[access_control][certificate]") {
    Bench bench;
    bench.settle_certified("alice", "alice");
    CHECK(bench.verifier.asked[0].scheme == access_control::Credentials::Scheme::name_alone);
    CHECK(bench.routed == "alice");
    CHECK(bench.request.user->groups == std::vector<std::string>{"staff"});
    CHECK(bench.request.user->has_account);
    CHECK(bench.request.signed_in_by == http::SignedInBy::certificate);
    CHECK_FALSE(bench.admit_certified("alice").has_value());
    CHECK(bench.request.user->groups == std::vector<std::string>{"staff"});
    CHECK(bench.verifier.asked.size() == 1);
    bench.sign_in.forget_all();
    CHECK(bench.admit_certified("alice").has_value());
}

TEST_CASE("sign-in: who has a certificate and no account is a user without groups", "[access_control][certificate]") {
    Bench bench;
    bench.settle_certified("carol", {});
    CHECK(bench.routed == "carol");
    CHECK_FALSE(bench.request.user->has_account);
    CHECK_FALSE(bench.admit_certified("carol").has_value());
    CHECK_FALSE(bench.request.user->has_account);
    CHECK(bench.verifier.asked.size() == 1);
}

TEST_CASE("sign-in: a certificate whose groups nobody can say is 503", "[access_control][certificate]") {
    Bench bench;
    bench.verifier.is_full = true;
    auto decision = bench.admit_certified("alice");
    REQUIRE(decision.has_value());
    auto pending = std::move(std::get<std::unique_ptr<handler::PendingDecision>>(*decision));
    const auto answer = pending->advance(bench.request, 7);
    REQUIRE(answer.has_value());
    CHECK(std::get<http::Response>(*answer).status == http::Status::service_unavailable);
    CHECK(bench.request.user == nullptr);
}
