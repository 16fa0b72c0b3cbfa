// What clients keep, as text and back.
#include "dav/dead_properties.h"

#include <fcntl.h>

#include <cerrno>

#include "base/fd.h"
#include "dav/xml_reader.h"
#include "support/catch.h"

using dav::DeadProperties;

TEST_CASE("dead properties: what was written is read", "[dav]") {
    if (!dav::has_xml_reader()) return;
    const DeadProperties properties{
        {.name = {"urn:x", "plain"}, .language = {}, .value = "a &lt; b&#10;"},
        {.name = {"", "none"}, .language = "de", .value = {}},
        {.name = {"DAV:", "own"}, .language = {}, .value = "<n:i xmlns:n=\"urn:y\"></n:i>"},
    };
    CHECK(dav::parse_dead_properties(dav::dead_properties_text(properties)) == properties);
    CHECK(dav::dead_properties_text({}).empty());
    CHECK(dav::parse_dead_properties("").empty());
}

TEST_CASE("dead properties: a text of somebody else is none", "[dav]") {
    for (const char* text : {"x", "</D:prop></D:response>", "<prop/>", "<D:prop xmlns:D=\"DAV:\">", "\xFF"}) {
        CAPTURE(text);
        CHECK(dav::parse_dead_properties(text).empty());
    }
}

TEST_CASE("dead properties: what cannot be read is an error, and not none", "[dav]") {
    const base::Fd unreadable(::open("/", O_PATH | O_CLOEXEC));
    REQUIRE(unreadable);
    const auto found = dav::read_dead_properties(unreadable.get());
    REQUIRE_FALSE(found.has_value());
    CHECK(found.error() == EBADF);
}
