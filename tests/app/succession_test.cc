// The server's side of an upgrade, with a script in the place of the starter.
#include "app/succession.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <limits>
#include <string>
#include <vector>

#include "app/upgrade_messages.h"
#include "base/message_line.h"
#include "support/catch.h"
#include "support/fake_clock.h"
#include "support/temp_dir.h"

namespace {

constexpr base::MonotonicMs kNever = std::numeric_limits<base::MonotonicMs>::max();

struct Bench {
    Bench() {
        site.push_back(*net::Listener::open(net::Address::parse("127.0.0.1:0", 0).value(), 16));
        admin.push_back(*net::Listener::open(net::Address::parse("127.0.0.1:0", 0).value(), 16));
    }

    void say(std::string_view text) { REQUIRE(base::send_message(line.theirs.get(), text)); }
    /// Every message that came, each in a line.
    std::string heard() {
        ::fcntl(line.theirs.get(), F_SETFL, O_NONBLOCK);
        std::string all;
        std::array<char, app::upgrade::kMostMessageBytes> room{};
        for (;;) {
            const ssize_t length = base::receive_message(line.theirs.get(), room, files);
            if (length <= 0) return all;
            all.append(room.data(), static_cast<std::size_t>(length)) += '\n';
        }
    }
    std::string said() {
        log.file().flush();
        return folder.read("errors");
    }

    support::TempDir folder;
    FakeClock clock;
    server::ErrorLog log{*server::LogFile::open(folder.at("errors"), 2)};
    std::vector<net::Listener> site;
    std::vector<net::Listener> admin;
    app::Pidfile pidfile{*app::Pidfile::create(folder.at("pid"))};
    base::MessageLine line{*base::make_message_line()};
    std::vector<base::Fd> files;
    app::Succession succession{
        {.site = site, .admin = admin, .is_admin_of_manager = true, .pidfile = &pidfile, .log = log, .clock = clock},
        std::move(line.ours)};
};

}  // namespace

TEST_CASE("succession: a successor that is ready takes over the sockets, and then the writes", "[app][upgrade]") {
    Bench bench;
    CHECK(bench.succession.due() == kNever);
    bench.succession.upgrade();
    CHECK(bench.heard() == "files own admin pidfile\n");
    CHECK(bench.files.size() == 3);
    CHECK(bench.succession.due() < kNever);
    bench.say("started 77");
    bench.succession.advance();
    CHECK_FALSE(bench.succession.successor());
    bench.say("ready");
    bench.succession.advance();
    CHECK(bench.succession.successor() == 77);
    CHECK(bench.succession.due() == kNever);
    bench.succession.hand_over_sockets();
    bench.succession.hand_over_writing();
    CHECK(bench.pidfile.is_claimed());
    CHECK(bench.heard() == "accept\nwrite\n");
    CHECK(bench.said().ends_with("notice: upgrade: process 77 takes over; this one finishes the requests in flight\n"));
}

TEST_CASE("succession: one that ends is said with its reason and counted, and another one may follow",
          "[app][upgrade]") {
    Bench bench;
    base::Counters counters;
    const auto shown = bench.succession.register_counters(counters);
    bench.succession.upgrade();
    bench.say("started 77");
    bench.say("failed no such\nthing");
    bench.say("ended with status 2");
    bench.succession.advance();
    CHECK_FALSE(bench.succession.successor());
    CHECK(bench.said().ends_with(
        "error: no upgrade, this process goes on: the new process ended with status 2: no such?thing\n"));
    CHECK(base::counters_line(counters).find("upgrades_failed=1") != std::string::npos);
    bench.succession.upgrade();
    CHECK(bench.heard() == "files own admin pidfile\nfiles own admin pidfile\n");
}

TEST_CASE("succession: says what is in the way", "[app][upgrade]") {
    Bench bench;
    bench.succession.set_begun(false);
    bench.succession.upgrade();
    CHECK(
        bench.said().ends_with("the process that this one has replaced still finishes its requests: try again when "
                               "it ended\n"));
    bench.succession.set_begun(true);
    bench.succession.upgrade();
    bench.succession.upgrade();
    CHECK(bench.said().ends_with("this process goes on: another upgrade is under way\n"));
    CHECK(bench.heard() == "files own admin pidfile\n");
    bench.line.theirs.reset();
    bench.succession.advance();
    CHECK(bench.said().ends_with("the process that starts it has died: a restart brings it back\n"));
    bench.succession.upgrade();
    CHECK(bench.said().ends_with("the process that starts it has died: a restart brings it back\n"));
    CHECK(bench.succession.due() == kNever);
}

TEST_CASE("succession: a successor without a number is not believed", "[app][upgrade]") {
    Bench bench;
    bench.succession.upgrade();
    bench.say("started many");
    bench.say("ready");
    bench.succession.advance();
    CHECK_FALSE(bench.succession.successor());
}

TEST_CASE("succession: a pid file that the successor took over is its own before it may accept", "[app][upgrade]") {
    Bench bench;
    bench.succession.upgrade();
    bench.say("started 77");
    bench.say("took pidfile");
    bench.say("ready");
    bench.succession.advance();
    CHECK(bench.pidfile.is_claimed());
    bench.succession.hand_over_sockets();
    CHECK_FALSE(bench.pidfile.is_claimed());
}
