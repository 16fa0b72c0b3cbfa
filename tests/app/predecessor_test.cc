// What the new process takes over, and what it is told.
#include "app/predecessor.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>
#include <vector>

#include "app/upgrade_messages.h"
#include "base/message_line.h"
#include "support/catch.h"
#include "support/temp_dir.h"

namespace {

net::Address parse(std::string_view text) { return net::Address::parse(text, 0).value(); }

/// The other side.
struct Other {
    Other() : line(*base::make_message_line()) {}

    /// The answer of find(), after this message.
    auto find(std::string_view text, const std::vector<int>& files) {
        REQUIRE(base::send_message(line.ours.get(), text, files));
        ::setenv(app::upgrade::kVariable, std::to_string(line.theirs.take()).c_str(), 1);
        return app::Predecessor::find();
    }
    [[nodiscard]] std::string next() const {
        pollfd one{line.ours.get(), POLLIN, 0};
        if (::poll(&one, 1, 0) != 1) return {};
        std::array<char, app::upgrade::kMostMessageBytes> room{};
        std::vector<base::Fd> none;
        const ssize_t length = base::receive_message(line.ours.get(), room, none);
        return length <= 0 ? "the end" : std::string(room.data(), static_cast<std::size_t>(length));
    }
    void say(std::string_view text) const { REQUIRE(base::send_message(line.ours.get(), text)); }

    base::MessageLine line;
};

}  // namespace

TEST_CASE("predecessor: there is none without the variable, and a wrong one is refused", "[app][upgrade]") {
    const auto none = app::Predecessor::find();
    REQUIRE(none);
    CHECK_FALSE(*none);
    for (const char* const wrong : {"0", "three", "999", "-1", ""}) {
        ::setenv(app::upgrade::kVariable, wrong, 1);
        const auto found = app::Predecessor::find();
        REQUIRE_FALSE(found);
        CHECK(found.error() ==
              "GODWIT_UPGRADE is for a server that starts its own successor: remove it from the environment");
        CHECK(std::getenv(app::upgrade::kVariable) == nullptr);
    }
}

TEST_CASE("predecessor: its own sockets are taken by address, those of a manager as they are", "[app][upgrade]") {
    const support::TempDir folder;
    const auto tcp = net::Listener::open(parse("127.0.0.1:0"), 16);
    const auto local = net::Listener::open(parse("unix:" + folder.at("socket")), 16);
    const auto secure = net::Listener::open(parse("127.0.0.1:0"), 16);
    const auto admin = net::Listener::open(parse("127.0.0.1:0"), 16);
    folder.write("pid", "1\n");
    const base::Fd pidfile(::open(folder.at("pid").c_str(), O_RDONLY | O_CLOEXEC));
    Other other;
    auto found =
        other.find("files own own https admin pidfile",
                   {tcp->descriptor(), local->descriptor(), secure->descriptor(), admin->descriptor(), pidfile.get()});
    REQUIRE(found);
    app::Predecessor& predecessor = found->value();
    CHECK(predecessor.take_pidfile());
    const auto handed = predecessor.take_handed();
    REQUIRE(handed);
    REQUIRE(handed->site.size() == 1);
    CHECK(handed->site[0].address().port() == secure->address().port());
    CHECK(handed->site[0].address().scheme == net::Scheme::https);
    REQUIRE(handed->admin.size() == 1);
    CHECK(handed->admin[0].address() == admin->address());
    CHECK_FALSE(predecessor.take_own(parse("127.0.0.1:1")));
    CHECK_FALSE(predecessor.take_own(parse("127.0.0.2:0")));
    CHECK(predecessor.take_own(parse("https://127.0.0.1:0")));
    CHECK_FALSE(predecessor.take_own(parse("127.0.0.1:0")));  // each once
    CHECK(predecessor.take_own(parse("unix:" + folder.at("socket"))));
}

TEST_CASE("predecessor: files without a word, or with another one, are refused", "[app][upgrade]") {
    for (const char* const wrong : {"files", "files gift", "files own own", "accept", ""}) {
        INFO(wrong);
        Other other;
        CHECK(other.find(wrong, {STDIN_FILENO}).error() ==
              "the server that is replaced has not handed over its sockets");
    }
}

TEST_CASE("predecessor: the new process goes on once it may accept, and knows when it may write", "[app][upgrade]") {
    Other other;
    auto found = other.find("files", {});
    REQUIRE(found);
    app::Predecessor& predecessor = found->value();
    other.say("accept");
    REQUIRE(predecessor.await_sockets(app::Predecessor::OfPidfile::taken_over));
    CHECK(other.next() == "took pidfile");
    CHECK(other.next() == "ready");
    CHECK_FALSE(predecessor.has_ended_writing());
    other.say("write");
    CHECK(predecessor.has_ended_writing());
    CHECK(predecessor.has_ended_writing());
}

TEST_CASE("predecessor: one that is gone leaves no place before, and writes nothing after it", "[app][upgrade]") {
    {
        Other other;
        auto found = other.find("files", {});
        other.line.ours.reset();
        CHECK(found->value().await_sockets(app::Predecessor::OfPidfile::not_used).error() ==
              "the server that was to be replaced does not leave its place");
    }
    Other other;
    auto found = other.find("files", {});
    other.say("accept");
    REQUIRE(found->value().await_sockets(app::Predecessor::OfPidfile::not_used));
    other.line.ours.reset();
    CHECK(found->value().has_ended_writing());
}

TEST_CASE("predecessor: a line that cannot be read for now does not say that the other side has ended",
          "[app][upgrade]") {
    Other other;
    const int line = other.line.theirs.get();
    auto found = other.find("files", {});
    other.say("accept");
    REQUIRE(found->value().await_sockets(app::Predecessor::OfPidfile::not_used));
    const base::Fd kept(::fcntl(line, F_DUPFD_CLOEXEC, 0));
    const base::Fd no_socket(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    REQUIRE(::dup2(no_socket.get(), line) == line);
    CHECK_FALSE(found->value().has_ended_writing());
    REQUIRE(::dup2(kept.get(), line) == line);
    other.say("write");
    CHECK(found->value().has_ended_writing());
}

TEST_CASE("predecessor: is told why the new process ends", "[app][upgrade]") {
    Other other;
    const auto found = other.find("files", {});
    found->value().tell_failure("no directory");
    CHECK(other.next() == "failed no directory");
    found->value().tell_failure(std::string(10'000, 'x'));
    CHECK(other.next().size() == app::upgrade::kMostMessageBytes);
}

TEST_CASE("predecessor: an admin socket that others can reach is refused", "[app][upgrade]") {
    const auto site = net::Listener::open(parse("0.0.0.0:0"), 16);
    REQUIRE(site);
    Other other;
    auto found = other.find("files admin", {site->descriptor()});
    REQUIRE(found);
    CHECK(found->value().take_handed().error() ==
          "the admin socket of the server that is replaced, " + site->address().to_text() +
              ", can be reached by others: it has to be one of this machine alone");
}
