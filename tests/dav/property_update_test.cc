// What a PROPPATCH asks for, and what comes of it.
#include "dav/property_update.h"

#include "dav/xml_reader.h"
#include "support/catch.h"

using dav::PropertyChange;
using Kind = dav::PropertyChange::Kind;

namespace {

std::string update(std::string_view inside) {
    return "<D:propertyupdate xmlns:D='DAV:' xmlns='urn:x'>" + std::string(inside) + "</D:propertyupdate>";
}

PropertyChange set(const char* name, const char* value) { return {Kind::set, {{"urn:x", name}, "", value}}; }
PropertyChange removed(const char* name) { return {Kind::remove, {{"urn:x", name}, "", ""}}; }

}  // namespace

TEST_CASE("property update: changes come in the order of the document", "[dav]") {
    if (!dav::has_xml_reader()) return;
    const auto changes =
        dav::parse_property_update(update("<D:set><D:prop><a>1</a><b/></D:prop></D:set><ignored/>"
                                          "<D:remove><D:prop><a>9</a></D:prop></D:remove>"
                                          "<D:set xml:lang='fr'><D:prop><a>2</a></D:prop></D:set>"));
    REQUIRE(changes.has_value());
    REQUIRE(changes->size() == 4);
    CHECK((*changes)[0].property == set("a", "1").property);
    CHECK((*changes)[2].kind == Kind::remove);
    CHECK((*changes)[2].property.value.empty());
    CHECK((*changes)[3].property.language == "fr");
}

TEST_CASE("property update: what is none is refused", "[dav]") {
    if (!dav::has_xml_reader()) return;
    for (const std::string& body : {update(""), update("<D:set/>"), update("<set><prop><a/></prop></set>"),
                                    std::string("<propertyupdate/>"), std::string("x")}) {
        CAPTURE(body);
        CHECK_FALSE(dav::parse_property_update(body).has_value());
    }
}

TEST_CASE("property update: the last change of a name counts", "[dav]") {
    const dav::DeadProperties kept{set("a", "old").property, set("b", "stays").property};
    CHECK(dav::changed_properties(kept, {set("a", "1"), set("c", "2"), removed("none"), set("a", "3")}) ==
          dav::DeadProperties{set("a", "3").property, set("b", "stays").property, set("c", "2").property});
    CHECK(dav::changed_properties(kept, {removed("a"), removed("b"), set("b", "again"), removed("b")}).empty());
}

TEST_CASE("property update: all changes succeed, or each has its failure", "[dav]") {
    const PropertyChange live{Kind::set, {{"DAV:", "getetag"}, "", "x"}};
    CHECK(dav::is_protected(live));
    CHECK_FALSE(dav::is_protected(set("getetag", "x")));
    CHECK(dav::update_answer("/f", {set("a", "1")}, http::Status::ok) ==
          "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<D:multistatus xmlns:D=\"DAV:\">\n"
          "<D:response><D:href>/f</D:href><D:propstat><D:prop><n:a xmlns:n=\"urn:x\"/></D:prop>"
          "<D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>\n</D:multistatus>\n");
    const std::string failed = dav::update_answer("/f", {set("a", "1"), live}, http::Status::forbidden);
    CHECK(failed.find("<D:getetag/></D:prop><D:status>HTTP/1.1 403") != std::string::npos);
    CHECK(failed.find("<n:a xmlns:n=\"urn:x\"/></D:prop><D:status>HTTP/1.1 424") != std::string::npos);
    const std::string full = dav::update_answer("/f", {set("a", "1")}, http::Status::insufficient_storage);
    CHECK(full.find("/></D:prop><D:status>HTTP/1.1 507") != std::string::npos);
    CHECK(full.find("424") == std::string::npos);
}
