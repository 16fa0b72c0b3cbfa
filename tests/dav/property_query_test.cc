// What a PROPFIND asks for.
#include "dav/property_query.h"

#include "dav/xml_reader.h"
#include "support/catch.h"

using dav::LiveProperty;
using dav::parse_property_query;
using Form = dav::PropertyQuery::Form;

namespace {

std::string propfind(std::string_view inside) {
    return "<propfind xmlns='DAV:' xmlns:x='urn:x'>" + std::string(inside) + "</propfind>";
}

}  // namespace

TEST_CASE("property query: without a body everything is asked for", "[dav]") {
    const auto query = parse_property_query("");
    REQUIRE(query.has_value());
    CHECK(query->form == Form::all);
    CHECK(query->live == dav::usual_live_properties());
}

TEST_CASE("property query: all, names, and named ones, each once", "[dav]") {
    if (!dav::has_xml_reader()) return;
    CHECK(parse_property_query(propfind("<allprop/>"))->form == Form::all);
    CHECK(parse_property_query(propfind("<propname/>"))->form == Form::names);
    const auto all = parse_property_query(propfind("<allprop/><include><quota-used-bytes/><x:a/></include>"));
    REQUIRE(all.has_value());
    CHECK(all->live.has(LiveProperty::quota_used));
    CHECK(all->live.has(LiveProperty::entity_tag));
    CHECK(all->others == std::vector<dav::XmlName>{{"urn:x", "a"}});
    const auto named = parse_property_query(propfind("<prop><getetag/><x:a/><x:a/><x:getetag/></prop><x:ignored/>"));
    REQUIRE(named.has_value());
    CHECK(named->form == Form::named);
    CHECK(named->wants(LiveProperty::entity_tag));
    CHECK_FALSE(named->wants(LiveProperty::content_length));
    CHECK(named->others == std::vector<dav::XmlName>{{"urn:x", "a"}, {"urn:x", "getetag"}});
}

TEST_CASE("property query: what is none, or asks for too much, is refused", "[dav]") {
    if (!dav::has_xml_reader()) return;
    for (const std::string& body : {std::string("<propfind/>"), propfind(""), propfind("<x:prop/>"),
                                    propfind("<allprop/><propname/>"), std::string("<prop xmlns='DAV:'/>")}) {
        CAPTURE(body);
        CHECK_FALSE(parse_property_query(body).has_value());
    }
    std::string many = "<prop>";
    for (std::size_t each = 0; each < dav::kMostNamedProperties; ++each) many += "<x:p" + std::to_string(each) + "/>";
    CHECK(parse_property_query(propfind(many + "</prop>")).has_value());
    CHECK_FALSE(parse_property_query(propfind(many + "<x:more/></prop>")).has_value());
    CHECK_FALSE(
        parse_property_query(propfind("<prop><a xmlns='" + std::string(dav::kMostNamedBytes, 'x') + "'/></prop>")));
}
