// Elements that are not known are ignored (RFC 4918 §17).
#include "dav/property_query.h"

#include <algorithm>
#include <utility>

#include "dav/xml_reader.h"

namespace dav {
namespace {

using http::Refusal;
using http::Status;

/// propfind, prop or include, a property.
constexpr std::size_t kValueDepth = 3;

constexpr Refusal kNoPropfind{Status::bad_request,
                              "the body of PROPFIND is the element propfind of the namespace DAV:."};
constexpr Refusal kWhichForm{Status::bad_request, "propfind holds one of the elements prop, allprop and propname."};
constexpr Refusal kTooMany{Status::bad_request,
                           "the body names more than 100 properties, or names that take more than 16 KiB; ask for "
                           "fewer, or for allprop."};

/// False: there are too many.
bool add_properties(PropertyQuery& query, const XmlElement& list) {
    std::size_t bytes = 0;
    for (const XmlElement& each : list.children) {
        if (const auto live = find_live_property(each.name)) {
            query.live.add(*live);
        } else if (std::ranges::find(query.others, each.name) == query.others.end()) {
            query.others.push_back(each.name);
            bytes += each.name.space.size() + each.name.local.size();
        }
        if (query.others.size() > kMostNamedProperties || bytes > kMostNamedBytes) return false;
    }
    return true;
}

}  // namespace

std::expected<PropertyQuery, Refusal> parse_property_query(std::string_view body) {
    using Form = PropertyQuery::Form;
    PropertyQuery query;
    query.live = usual_live_properties();
    if (body.empty()) return query;
    const auto root = read_xml(body, kValueDepth);
    if (!root) return std::unexpected(root.error());
    if (!root->name.is_dav("propfind")) return std::unexpected(kNoPropfind);
    const XmlElement* const named = root->find_dav("prop");
    const XmlElement* const all = root->find_dav("allprop");
    const XmlElement* const names = root->find_dav("propname");
    const auto is_there = [](const XmlElement* each) { return each != nullptr ? 1 : 0; };
    if (is_there(named) + is_there(all) + is_there(names) != 1) return std::unexpected(kWhichForm);
    if (names != nullptr) {
        query.form = Form::names;
        return query;
    }
    if (all != nullptr) {
        const XmlElement* const further = root->find_dav("include");
        if (further != nullptr && !add_properties(query, *further)) return std::unexpected(kTooMany);
        return query;
    }
    query.form = Form::named;
    query.live = {};
    if (!add_properties(query, *named)) return std::unexpected(kTooMany);
    return query;
}

}  // namespace dav
