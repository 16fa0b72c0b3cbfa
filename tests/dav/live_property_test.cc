// The names of live properties.
#include "dav/live_property.h"

#include "support/catch.h"

using dav::LiveProperty;

TEST_CASE("live properties: each is found by its name in the namespace of RFC 4918 alone", "[dav]") {
    for (std::size_t number = 0; number < dav::kLiveProperties; ++number) {
        const auto property = static_cast<LiveProperty>(number);
        const std::string name(dav::live_property_name(property));
        CAPTURE(name);
        CHECK(dav::find_live_property({"DAV:", name}) == property);
        CHECK_FALSE(dav::find_live_property({"", name}).has_value());
        CHECK_FALSE(dav::find_live_property({"DAV", name}).has_value());
    }
    CHECK_FALSE(dav::find_live_property({"DAV:", "GetETag"}).has_value());
}

TEST_CASE("live properties: a set has what was added", "[dav]") {
    dav::LivePropertySet set;
    CHECK(set.empty());
    set.add(LiveProperty::quota_used);
    CHECK(set.has(LiveProperty::quota_used));
    CHECK_FALSE(set.has(LiveProperty::resource_type));
    CHECK(dav::usual_live_properties().has(LiveProperty::entity_tag));
    CHECK_FALSE(dav::usual_live_properties().has(LiveProperty::display_name));
}
