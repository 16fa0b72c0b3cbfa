// What ends a share link besides its maker's name: another password.
#include <memory>
#include <utility>

#include "access_control/sign_in_bench.h"

using namespace sign_in_bench;

TEST_CASE("sign-in: a link whose maker has another password now is over, also when he is known",
          "[access_control][share]") {
    Bench bench;
    auto pending = std::move(std::get<std::unique_ptr<handler::PendingDecision>>(*bench.admit_link({0, 1}, "6464")));
    CHECK_FALSE(pending->advance(bench.request, 7).has_value());
    bench.verifier.answer("alice");
    REQUIRE(pending->advance(bench.request, 7).has_value());
    CHECK(bench.request.shown_link == http::ShownLink::over);
    CHECK(bench.request.shared == nullptr);
    CHECK_FALSE(bench.admit_link({0, 1}, "6464").has_value());
    CHECK(bench.request.shown_link == http::ShownLink::over);
    CHECK_FALSE(bench.admit_link().has_value());
    CHECK(bench.request.shared != nullptr);
}
