// The queue in front of the process, with a test at the other end of the socket; and the process itself.
#include "access_control/verifier_client.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/descriptors.h"
#include "support/fake_clock.h"

using namespace access_control;

namespace {

const Verdict wrong{Verdict::Kind::wrong, nullptr};

struct Bench {
    Bench() {
        std::array<int, 2> ends{};
        REQUIRE(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) == 0);
        process = base::Fd(ends[1]);
        std::array<int, 2> orders{};
        REQUIRE(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, orders.data()) == 0);
        nursery = base::Fd(orders[1]);
        client.emplace(VerifierLines{base::Fd(ends[0]), base::Fd(orders[0])}, wakes, clock,
                       VerifierClient::Events{
                           .users_replaced = [this] { ++replaced; },
                           .file_opened =
                               [this](std::size_t number, const std::expected<base::Fd, int>& file) {
                                   files.push_back(std::to_string(number) + (file ? " open" : " failed"));
                               },
                           .looked = [this] { ++looked; },
                           .say = [this](std::string_view, const std::string& sentence) { said.push_back(sentence); }});
    }
    std::optional<Verifier::Ticket> ask(base::Wake wake) {
        return client->ask({Credentials::Scheme::basic, "alice", std::to_string(wake)}, wake);
    }
    /// The password of the question that the process got; nullopt: none came.
    std::optional<Question> next_question() {
        std::array<char, 4096> buffer{};
        const ssize_t length = ::recv(process.get(), buffer.data(), buffer.size(), 0);
        if (length <= 0) return std::nullopt;
        const auto message = decode_to_verifier({buffer.data(), static_cast<std::size_t>(length)});
        REQUIRE(message.has_value());
        return std::get<Question>(*message);
    }
    void say(const FromVerifier& message) {
        const std::string text = encode(message);
        REQUIRE(::send(process.get(), text.data(), text.size(), MSG_NOSIGNAL) > 0);
        client->collect();
    }
    std::vector<base::Wake> woken() {
        std::vector<base::Wake> all;
        wakes.take(all, clock.now_ms());
        return all;
    }

    FakeClock clock;
    base::WakeQueue wakes;
    base::Fd process;
    base::Fd nursery;
    int replaced = 0;
    int looked = 0;
    std::vector<std::string> files;  ///< that were handed over
    std::vector<std::string> said;
    std::optional<VerifierClient> client;
};

}  // namespace

TEST_CASE("verifier client: asks one question at a time, in their order", "[access_control]") {
    Bench bench;
    const auto first = bench.ask(1);
    const auto second = bench.ask(2);
    CHECK(bench.next_question()->credentials.secret == "1");
    CHECK_FALSE(bench.next_question().has_value());
    CHECK_FALSE(bench.client->take(*first).has_value());
    bench.say(Answer{*first, wrong});
    CHECK(bench.woken() == std::vector<base::Wake>{1});
    CHECK(bench.client->take(*first)->kind == Verdict::Kind::wrong);
    CHECK(bench.next_question()->credentials.secret == "2");
    bench.say(Answer{*second, wrong});
    CHECK(bench.woken() == std::vector<base::Wake>{2});
}

TEST_CASE("verifier client: a bounded number waits", "[access_control]") {
    Bench bench;
    for (std::size_t i = 0; i < VerifierClient::kMostWaiting; ++i) REQUIRE(bench.ask(i + 1).has_value());
    CHECK_FALSE(bench.ask(99).has_value());
}

TEST_CASE("verifier client: badges go first, and have room of their own", "[access_control]") {
    Bench bench;
    const auto first = bench.ask(1);
    for (std::size_t i = 1; i < VerifierClient::kMostWaiting; ++i) REQUIRE(bench.ask(i + 1).has_value());
    const access_control::Credentials badge{access_control::Credentials::Scheme::badge, "alice", "5747"};
    const auto asked = bench.client->ask(badge, 500);
    REQUIRE(asked.has_value());
    for (std::size_t i = 1; i < VerifierClient::kMostBadgesWaiting; ++i) {
        REQUIRE(bench.client->ask(badge, 501).has_value());
    }
    CHECK_FALSE(bench.client->ask(badge, 502).has_value());
    bench.next_question();
    bench.say(Answer{*first, wrong});
    CHECK(bench.next_question()->ticket == *asked);
    CHECK(bench.client->take(*first)->kind == Verdict::Kind::wrong);
    CHECK(bench.ask(99).has_value());
}

TEST_CASE("verifier client: a question that was taken back is not sent", "[access_control]") {
    Bench bench;
    const auto first = bench.ask(1);
    const auto second = bench.ask(2);
    bench.ask(3);
    CHECK(bench.client->forget(*second) == access_control::Verifier::Forgotten::unasked);
    CHECK(bench.client->forget(*first) == access_control::Verifier::Forgotten::checked);
    CHECK(bench.client->forget(*first) == access_control::Verifier::Forgotten::unasked);
    bench.next_question();
    bench.say(Answer{*first, wrong});
    CHECK(bench.woken().empty());
    CHECK(bench.next_question()->credentials.secret == "3");
}

TEST_CASE("verifier client: a process that died leaves its question without an answer, the next one is sent",
          "[access_control]") {
    Bench bench;
    const auto first = bench.ask(1);
    bench.ask(2);
    bench.next_question();
    bench.say(Restarted{});
    CHECK(bench.client->take(*first)->kind == Verdict::Kind::failed);
    CHECK(bench.client->restarts() == 1);
    CHECK(bench.next_question()->credentials.secret == "2");
}

TEST_CASE("verifier client: when the keeper died, what was asked is still answered", "[access_control]") {
    Bench bench;
    const auto first = bench.ask(1);
    bench.say(KeeperReplaced{});
    CHECK(bench.client->restarts() == 1);
    CHECK(bench.said.size() == 1);
    CHECK_FALSE(bench.client->take(*first).has_value());
    bench.say(Answer{*first, wrong});
    CHECK(bench.client->take(*first)->kind == Verdict::Kind::wrong);
}

TEST_CASE("verifier client: when the process is gone nobody signs in", "[access_control]") {
    Bench bench;
    const auto first = bench.ask(1);
    const auto second = bench.ask(2);
    bench.process.reset();
    bench.client->collect();
    CHECK(bench.client->take(*first)->kind == Verdict::Kind::failed);
    CHECK(bench.client->take(*second)->kind == Verdict::Kind::failed);
    CHECK(bench.woken().size() == 2);
    CHECK_FALSE(bench.ask(3).has_value());
    CHECK(bench.said.size() == 1);
}

TEST_CASE("verifier client: when both processes are gone it asks for others, who answer then", "[access_control]") {
    Bench bench;
    const auto lost = bench.ask(1);
    bench.process.reset();
    bench.client->collect();
    CHECK(bench.client->take(*lost)->kind == Verdict::Kind::failed);
    CHECK(bench.said[0].find("others are started") != std::string::npos);
    char order = 0;
    REQUIRE(::recv(bench.nursery.get(), &order, 1, 0) == 1);
    bench.client->collect();
    CHECK_FALSE(bench.ask(2).has_value());
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) == 0);
    bench.process = base::Fd(ends[1]);
    REQUIRE(support::send_descriptor(bench.nursery.get(), base::Fd(ends[0]).get()));
    bench.client->collect();
    CHECK(bench.client->restarts() == 1);
    REQUIRE(bench.ask(3).has_value());
    CHECK(bench.next_question()->credentials.secret == "3");
}

TEST_CASE("verifier client: when nobody is left to start others, it says what helps", "[access_control]") {
    Bench bench;
    bench.nursery.reset();
    bench.process.reset();
    bench.client->collect();
    CHECK(bench.said[0].find("until godwit is started again") != std::string::npos);
    // The nursery dies after the order.
    Bench other;
    other.process.reset();
    other.client->collect();
    other.nursery.reset();
    other.client->collect();
    other.client->collect();
    REQUIRE(other.said.size() == 2);
    CHECK(other.said[1].find("until godwit is started again") != std::string::npos);
    CHECK_FALSE(other.ask(1).has_value());
}

TEST_CASE("verifier client: a process that does not answer is given up until it does", "[access_control]") {
    Bench bench;
    const auto first = bench.ask(1);
    const auto second = bench.ask(2);
    CHECK(bench.client->due() == bench.clock.now_ms() + VerifierClient::kPatienceMs);
    bench.clock.advance_ms(VerifierClient::kPatienceMs);
    bench.client->collect();
    CHECK(bench.client->take(*first)->kind == Verdict::Kind::failed);
    CHECK(bench.client->take(*second)->kind == Verdict::Kind::failed);
    CHECK_FALSE(bench.client->due().has_value());
    CHECK_FALSE(bench.ask(3).has_value());
    bench.say(Answer{*first, wrong});
    CHECK(bench.ask(4).has_value());
}

TEST_CASE("verifier client: passes on what happens to the users file", "[access_control]") {
    Bench bench;
    bench.say(UsersReplaced{});
    CHECK(bench.replaced == 1);
    bench.say(UsersFaulty{"line 3 is wrong"});
    REQUIRE(bench.said.size() == 1);
    CHECK(bench.said[0].find("line 3 is wrong") != std::string::npos);
}

TEST_CASE("verifier client: a file that is handed over comes with its number, or with an error", "[access_control]") {
    Bench bench;
    bench.say(FileOpened{2, EACCES});
    // Nothing comes along: this process had no number left for it.
    bench.say(FileOpened{1, 0});
    bench.say(Looked{});
    CHECK(bench.files == std::vector<std::string>{"2 failed", "1 failed"});
    CHECK(bench.looked == 1);
}
