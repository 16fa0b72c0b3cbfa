// Orders to the server that holds a pid file.
#include "app/running_server.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/command_line.h"
#include "app/daemon.h"
#include "support/catch.h"
#include "support/temp_dir.h"

TEST_CASE("running server: orders have the names that are documented", "[app][running]") {
    CHECK(app::parse_order("reload") == app::Order::reload);
    CHECK(app::parse_order("reopen") == app::Order::reopen);
    CHECK(app::parse_order("upgrade") == app::Order::upgrade);
    CHECK(app::parse_order("quit") == app::Order::quit);
    CHECK(app::parse_order("stop") == app::Order::stop);
    CHECK_FALSE(app::parse_order("restart"));
    const app::Options options = command_line::accepted({"-s", "quit", "--pidfile", "p"});
    CHECK(options.action == app::Action::signal);
    CHECK(options.order == app::Order::quit);
    CHECK(command_line::refused({"-s", "quit"}) == "--signal needs --pidfile FILE: it says which server is meant");
    CHECK(command_line::refused({"-s", "kill", "--pidfile", "p"}) ==
          "--signal does not take \"kill\": it takes reload, upgrade, reopen, quit or stop");
}

TEST_CASE("running server: a pid file that nobody holds names no process", "[app][running]") {
    const support::TempDir folder;
    CHECK(app::send_order(app::Order::stop, folder.at("none")).error() ==
          "no server is known by the pid file " + folder.at("none") + ": No such file or directory");
    // The number is of a process that lives, this one, but it is not a server's.
    folder.write("left", std::to_string(::getpid()) + "\n");
    CHECK(app::send_order(app::Order::stop, folder.at("left")).error() ==
          "no server holds the pid file " + folder.at("left") + ": none runs with it");
}

TEST_CASE("running server: the process that holds the pid file gets the signal", "[app][running]") {
    const support::TempDir folder;
    sigset_t wanted;
    ::sigemptyset(&wanted);
    for (const int number : {SIGHUP, SIGUSR1, SIGTERM, SIGINT}) ::sigaddset(&wanted, number);
    sigset_t before;
    REQUIRE(::sigprocmask(SIG_BLOCK, &wanted, &before) == 0);
    const auto taken = [&wanted] { return ::sigtimedwait(&wanted, nullptr, std::array<timespec, 1>{}.data()); };
    const auto pidfile = app::Pidfile::create(folder.at("pid"));
    REQUIRE(pidfile);
    REQUIRE(app::send_order(app::Order::reload, folder.at("pid")));
    CHECK(taken() == SIGHUP);
    REQUIRE(app::send_order(app::Order::reopen, folder.at("pid")));
    CHECK(taken() == SIGUSR1);
    REQUIRE(app::send_order(app::Order::quit, folder.at("pid")));
    CHECK(taken() == SIGTERM);
    REQUIRE(app::send_order(app::Order::stop, folder.at("pid")));
    CHECK(taken() + taken() == SIGTERM + SIGINT);
    CHECK(taken() == -1);
    REQUIRE(::sigprocmask(SIG_SETMASK, &before, nullptr) == 0);
}

TEST_CASE("running server: an upgrade has worked when the pid file names another process", "[app][running]") {
    const support::TempDir folder;
    folder.write("pid", "41\n");
    const base::Fd file(::open(folder.at("pid").c_str(), O_RDWR | O_CLOEXEC));
    struct stat before{};
    REQUIRE(::fstat(file.get(), &before) == 0);
    CHECK(app::await_upgrade(file.get(), 40, before, 0).error() ==
          "process 40 did not say within 0 seconds how the upgrade went: see its error log");
    CHECK(app::await_upgrade(file.get(), 40, before, 10));
    CHECK_FALSE(app::await_upgrade(file.get(), 41, before, 10));
    // Written again with the same number: that process goes on.
    before.st_mtim.tv_nsec ^= 1;
    CHECK(app::await_upgrade(file.get(), 41, before, 10).error() ==
          "the upgrade failed, and process 41 goes on: its error log says why");
}
