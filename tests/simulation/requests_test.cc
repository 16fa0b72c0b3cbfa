// The checks of answers refuse what a broken server would send.
#include "simulation/requests.h"

#include <string>

#include "simulation/violation.h"
#include "support/catch.h"

using simulation::check_answer;
using simulation::Knowledge;
using simulation::NameModel;
using simulation::ReceivedAnswer;
using simulation::RequestKind;
using simulation::SimulatedRequest;
using simulation::Violation;

namespace {

Knowledge knowledge_of(std::optional<std::string> content) {
    Knowledge knowledge;
    knowledge.names.push_back({"a", NameModel(std::move(content))});
    return knowledge;
}

SimulatedRequest plan(RequestKind kind, Knowledge& knowledge) {
    simulation::Random random(1);
    return simulation::plan_request(kind, 0, random, knowledge, 0);
}

ReceivedAnswer answer(int status, std::string body = {}, std::string tag = "\"1\"") {
    return {.status = status, .fields = {{"etag", std::move(tag)}}, .body = std::move(body)};
}

}  // namespace

TEST_CASE("simulated requests: a lost write is refused", "[simulation]") {
    Knowledge knowledge = knowledge_of("old");
    const SimulatedRequest put = plan(RequestKind::put, knowledge);
    CHECK(check_answer(put, answer(204), knowledge));
    const SimulatedRequest get = plan(RequestKind::get, knowledge);
    CHECK_THROWS_AS(check_answer(get, answer(200, "old", "\"0\""), knowledge), Violation);
    CHECK_THROWS_AS(check_answer(get, answer(404), knowledge), Violation);
    const std::string stored = *knowledge.names[0].model.at(*put.write).content;
    CHECK_NOTHROW(check_answer(get, answer(200, stored), knowledge));
}

TEST_CASE("simulated requests: bytes of another content and a wrong part are refused", "[simulation]") {
    const std::string content = simulation::make_content(1, 2'000);
    Knowledge knowledge = knowledge_of(content);
    const SimulatedRequest get = plan(RequestKind::get, knowledge);
    std::string mixed = content;
    mixed.replace(100, 16, "[000002:0000060]");
    CHECK_THROWS_AS(check_answer(get, answer(200, mixed), knowledge), Violation);
    const SimulatedRequest range = plan(RequestKind::range, knowledge);
    const std::size_t length = range.last - range.first + 1;
    ReceivedAnswer part = answer(206, content.substr(range.first, length));
    part.fields["content-range"] = "bytes " + std::to_string(range.first) + "-" + std::to_string(range.last) + "/2000";
    CHECK_NOTHROW(check_answer(range, part, knowledge));
    part.body = content.substr(range.first + 1, length);
    CHECK_THROWS_AS(check_answer(range, part, knowledge), Violation);
}

TEST_CASE("simulated requests: two writes over one tag are refused", "[simulation]") {
    Knowledge knowledge = knowledge_of("old");
    CHECK_FALSE(check_answer(plan(RequestKind::get, knowledge), answer(200, "old"), knowledge));
    const SimulatedRequest first = plan(RequestKind::put_over_tag, knowledge);
    const SimulatedRequest second = plan(RequestKind::put_over_tag, knowledge);
    CHECK(check_answer(first, answer(204, {}, "\"2\""), knowledge));
    CHECK_THROWS_AS(check_answer(second, answer(204, {}, "\"3\""), knowledge), Violation);
}

TEST_CASE("simulated requests: a failure that no fault explains is refused", "[simulation]") {
    Knowledge knowledge = knowledge_of(std::nullopt);
    const SimulatedRequest put = plan(RequestKind::put, knowledge);
    CHECK_THROWS_AS(check_answer(put, answer(500), knowledge), Violation);
    ++knowledge.faults;
    CHECK_FALSE(check_answer(put, answer(500), knowledge));
    CHECK_THROWS_AS(check_answer(plan(RequestKind::echo, knowledge), answer(200, "of another client"), knowledge),
                    Violation);
}
