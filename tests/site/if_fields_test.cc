// What the lists of If are about.
#include "site/if_fields.h"

#include "support/catch.h"
#include "support/write_answers.h"

namespace {

/// The status of a PUT to /f with this list, and a tag that nothing has.
int put(support::AnsweringSite& site, const std::string& value, std::string_view target = "/f") {
    return site.put(target, "x", "If: " + value + "\r\n").status();
}

site::SiteConfig speaking() {
    site::SiteConfig config = support::AnsweringSite::all_allowed();
    config.speaks_dav = true;
    return config;
}

}  // namespace

TEST_CASE("If fields: paths and addresses of this server are what they name", "[site][lock]") {
    support::AnsweringSite site(speaking());
    site.directory.write("g", "x");
    CHECK(put(site, "</g> ([\"x\"])") == 412);
    CHECK(put(site, "</g> (Not [\"x\"])") == 201);
    CHECK(put(site, "<http://x/f> (Not [\"x\"])") == 204);
    CHECK(put(site, "<http://y/f> (Not [\"x\"])") == 204);
    CHECK(put(site, "<http://y/f> (<urn:uuid:1>)") == 412);
    CHECK(put(site, "<what is this> (Not [\"x\"])") == 204);
    CHECK(put(site, "(Not [\"x\"])", "/files/f") == 204);
}
