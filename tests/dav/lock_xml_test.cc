// The XML of locks.
#include "dav/lock_xml.h"

#include "dav/xml_reader.h"
#include "support/catch.h"
#include "support/fake_clock.h"
#include "support/write_site.h"

using storage::Lock;

namespace {

auto parse(std::string_view inside) {
    return dav::parse_lock_request("<D:lockinfo xmlns:D='DAV:'>" + std::string(inside) + "</D:lockinfo>");
}

constexpr std::string_view kExclusive = "<D:lockscope><D:exclusive/></D:lockscope>";
constexpr std::string_view kWrite = "<D:locktype><D:write/></D:locktype>";

}  // namespace

TEST_CASE("lock XML: a scope, the type write, and perhaps an owner", "[dav][lock]") {
    if (!dav::has_xml_reader()) return;
    const auto exclusive = parse(std::string(kExclusive).append(kWrite));
    REQUIRE(exclusive.has_value());
    CHECK(exclusive->scope == Lock::Scope::exclusive);
    CHECK(exclusive->owner.empty());
    const auto shared = parse("<D:lockscope><D:shared/></D:lockscope><D:owner>a &lt;<D:href>b</D:href></D:owner>" +
                              std::string(kWrite));
    REQUIRE(shared.has_value());
    CHECK(shared->scope == Lock::Scope::shared);
    CHECK(shared->owner == "a &lt;<D:href>b</D:href>");
}

TEST_CASE("lock XML: anything else is refused", "[dav][lock]") {
    if (!dav::has_xml_reader()) return;
    CHECK_FALSE(dav::parse_lock_request("").has_value());
    CHECK_FALSE(dav::parse_lock_request("<lockinfo/>").has_value());
    CHECK_FALSE(dav::parse_lock_request("<propfind xmlns='DAV:'><allprop/></propfind>").has_value());
    CHECK_FALSE(parse(kExclusive).has_value());
    CHECK_FALSE(parse(kWrite).has_value());
    CHECK_FALSE(parse("<D:lockscope/>" + std::string(kWrite)).has_value());
    CHECK_FALSE(parse("<D:lockscope><D:exclusive/><D:shared/></D:lockscope>" + std::string(kWrite)).has_value());
    CHECK_FALSE(parse(std::string(kExclusive) + "<D:locktype><D:read/></D:locktype>").has_value());
    const std::string long_owner = "<D:owner>" + std::string(dav::kMostOwnerBytes + 1, 'x') + "</D:owner>";
    CHECK_FALSE(parse(std::string(kExclusive).append(kWrite).append(long_owner)).has_value());
}

TEST_CASE("lock XML: lockdiscovery is bounded, and begins with the locks of the path itself", "[dav][lock]") {
    const support::WriteSite site;
    FakeClock clock;
    storage::Locks locks(*site.root, clock);
    std::string path;
    const auto grant = [&] {
        const auto granted = locks.grant({.token = {},
                                          .path = path,
                                          .scope = Lock::Scope::shared,
                                          .reach = Lock::Reach::all_below,
                                          .user = {},
                                          .owner = std::string(dav::kMostOwnerBytes, 'o')},
                                         60, {});
        REQUIRE(granted.has_value());
        return granted->lock.token;
    };
    std::string highest;
    std::string lowest;
    for (int level = 0; level < 4; ++level) {
        path += "/d";
        for (std::size_t i = 0; i < storage::kMostLocksOfPath; ++i) lowest = grant();
        if (highest.empty()) highest = lowest;
    }
    const std::string told = dav::LockView{&locks, *site.root, {}}.discovery(path);
    CHECK(told.size() > dav::kMostDiscoveryBytes);
    CHECK(told.size() < dav::kMostDiscoveryBytes + 2 * dav::kMostOwnerBytes);
    CHECK(told.ends_with("</D:activelock>"));
    CHECK(told.find(lowest) != std::string::npos);
    CHECK(told.find(highest) == std::string::npos);
}

TEST_CASE("lock XML: lockdiscovery tells all that a client has to know", "[dav][lock]") {
    const support::WriteSite site;
    FakeClock clock;
    storage::Locks locks(*site.root, clock);
    const dav::LockView view{&locks, *site.root, "/p"};
    CHECK(view.discovery("/d x/a").empty());
    const auto granted = locks.grant({.token = {},
                                      .path = "/d x",
                                      .kind = Lock::Kind::folder,
                                      .reach = Lock::Reach::all_below,
                                      .user = {},
                                      .owner = "<n:href xmlns:n=\"DAV:\">me</n:href>"},
                                     60, {});
    REQUIRE(granted.has_value());
    CHECK(view.discovery("/d x/a") ==
          "<D:activelock><D:locktype><D:write/></D:locktype><D:lockscope><D:exclusive/></D:lockscope>"
          "<D:depth>infinity</D:depth><D:owner><n:href xmlns:n=\"DAV:\">me</n:href></D:owner>"
          "<D:timeout>Second-60</D:timeout><D:locktoken><D:href>" +
              granted->lock.token +
              "</D:href></D:locktoken><D:lockroot><D:href>/p/d%20x/</D:href></D:lockroot></D:activelock>");
    CHECK(view.discovery("/d").empty());
    CHECK(dav::LockView{nullptr, *site.root, {}}.discovery("/d x").empty());
    CHECK(dav::LockView{nullptr, *site.root, {}}.supported().empty());
}
