// One table of names.
#include "dav/live_property.h"

#include <algorithm>
#include <array>

namespace dav {
namespace {

constexpr std::array<std::string_view, kLiveProperties> kNames{
    "resourcetype", "getcontentlength", "getlastmodified", "creationdate",          "getetag",         "getcontenttype",
    "displayname",  "supportedlock",    "lockdiscovery",   "quota-available-bytes", "quota-used-bytes"};

}  // namespace

std::string_view live_property_name(LiveProperty property) { return kNames[static_cast<std::size_t>(property)]; }

std::optional<LiveProperty> find_live_property(const XmlName& name) {
    if (name.space != kDavSpace) return std::nullopt;
    const auto* const found = std::ranges::find(kNames, name.local);
    if (found == kNames.end()) return std::nullopt;
    return static_cast<LiveProperty>(found - kNames.begin());
}

LivePropertySet usual_live_properties() {
    LivePropertySet usual;
    for (const LiveProperty each :
         {LiveProperty::resource_type, LiveProperty::content_length, LiveProperty::last_modified,
          LiveProperty::creation_date, LiveProperty::entity_tag, LiveProperty::content_type}) {
        usual.add(each);
    }
    return usual;
}

}  // namespace dav
