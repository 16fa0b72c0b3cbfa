// What a line of the audit log holds.
#include "server/audit_log.h"

#include <string>

#include "support/catch.h"
#include "support/fake_clock.h"
#include "support/loopback_peer.h"

namespace {

std::string line(const server::AuditEntry& entry) {
    const FakeClock clock;
    server::AuditLog log(*server::LogFile::open("", 2));
    log.append(entry, clock);
    return log.file().pending();
}

server::AuditEntry entry() {
    return {.peer = loopback_peer(),
            .user = "anna",
            .method = "PUT",
            .target = "/a%20b?x",
            .path = "/a b",
            .received_bytes = 5,
            .duration_ms = 7,
            .status = 204,
            .ended = {}};
}

}  // namespace

TEST_CASE("audit log: a change has who, from where, what, both tags, size, digest, time and status", "[server][log]") {
    const http::Change change{.action = http::Change::Action::replace,
                              .path = "/a b",
                              .old_tag = "\"1\"",
                              .new_tag = "\"2\"",
                              .bytes = 5,
                              .digest = "sha-256=:AA==:"};
    server::AuditEntry what = entry();
    what.change = &change;
    CHECK(line(what) ==
          R"({"time":"1994-11-06T08:49:37Z","peer":"127.0.0.1","user":"anna","method":"PUT","target":"/a%20b?x",)"
          R"("action":"replace","path":"/a b","old_etag":"\"1\"","etag":"\"2\"","bytes":5,)"
          R"("digest":"sha-256=:AA==:","received":5,"duration_ms":7,"status":204})"
          "\n");
}

TEST_CASE("audit log: what is not known is left out, and nobody is a dash", "[server][log]") {
    const http::Change change{.action = http::Change::Action::make_directory, .path = "/d/"};
    server::AuditEntry what = entry();
    what.user = {};
    what.change = &change;
    what.path = "/d/";
    const std::string text = line(what);
    CHECK(text.find(R"("user":"-")") != std::string::npos);
    CHECK(text.find(R"("action":"mkdir","path":"/d/","received":5)") != std::string::npos);
}

TEST_CASE("audit log: what came by a share link has the link's id", "[server][log]") {
    const http::Change change{.action = http::Change::Action::create, .path = "/d/x"};
    server::AuditEntry what = entry();
    what.user = {};
    what.link = "00112233445566ff";
    what.change = &change;
    CHECK(line(what).find(R"("user":"-","link":"00112233445566ff","method")") != std::string::npos);
}

TEST_CASE("audit log: a write that changed nothing says why", "[server][log]") {
    server::AuditEntry what = entry();
    what.status = 412;
    what.ended = "the condition does not hold";
    CHECK(line(what).ends_with(R"("action":"refused","received":5,"duration_ms":7,"status":412,)"
                               R"("ended":"the condition does not hold"})"
                               "\n"));
    what.status.reset();
    what.ended = "the peer left";
    CHECK(line(what).ends_with(R"("action":"cut","received":5,"duration_ms":7,"ended":"the peer left"})"
                               "\n"));
}

TEST_CASE("audit log: names cannot end a line, and long ones are whole", "[server][log]") {
    const std::string name = "/\n\"\x1b" + std::string(3000, 'x');
    const http::Change change{.action = http::Change::Action::remove, .path = name};
    server::AuditEntry what = entry();
    what.change = &change;
    what.path = name;
    const std::string text = line(what);
    CHECK(text.find('\n') == text.size() - 1);
    CHECK(text.find(R"("path":"/\n\"\u001bxxx)") != std::string::npos);
    CHECK(text.find(std::string(3000, 'x')) != std::string::npos);
}
