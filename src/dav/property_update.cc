// A change is known by its name in the answer, so a name that stands twice is there twice.
#include "dav/property_update.h"

#include <algorithm>
#include <utility>

#include "dav/live_property.h"
#include "dav/property_writer.h"
#include "dav/xml_reader.h"

namespace dav {
namespace {

using http::Refusal;
using http::Status;

/// propertyupdate, set or remove, prop, a property.
constexpr std::size_t kValueDepth = 4;

constexpr Refusal kNoUpdate{Status::bad_request,
                            "the body of PROPPATCH is the element propertyupdate of the namespace DAV:, with set or "
                            "remove in it, and there prop with properties."};

}  // namespace

std::expected<std::vector<PropertyChange>, Refusal> parse_property_update(std::string_view body) {
    auto root = read_xml(body, kValueDepth);
    if (!root) return std::unexpected(root.error());
    if (!root->name.is_dav("propertyupdate")) return std::unexpected(kNoUpdate);
    std::vector<PropertyChange> changes;
    for (XmlElement& part : root->children) {
        const bool sets = part.name.is_dav("set");
        if (!sets && !part.name.is_dav("remove")) continue;
        for (XmlElement& list : part.children) {
            if (!list.name.is_dav("prop")) continue;
            for (XmlElement& each : list.children) {
                PropertyChange change{.kind = sets ? PropertyChange::Kind::set : PropertyChange::Kind::remove,
                                      .property = {.name = std::move(each.name), .language = {}, .value = {}}};
                if (sets) {
                    change.property.language = std::move(each.language);
                    change.property.value = std::move(each.value);
                }
                changes.push_back(std::move(change));
            }
        }
    }
    if (changes.empty()) return std::unexpected(kNoUpdate);
    return changes;
}

bool is_protected(const PropertyChange& change) { return find_live_property(change.property.name).has_value(); }

DeadProperties changed_properties(DeadProperties properties, const std::vector<PropertyChange>& changes) {
    for (const PropertyChange& change : changes) {
        const auto found = std::ranges::find(properties, change.property.name, &DeadProperty::name);
        if (change.kind == PropertyChange::Kind::remove) {
            if (found != properties.end()) properties.erase(found);
        } else if (found != properties.end()) {
            *found = change.property;
        } else {
            properties.push_back(change.property);
        }
    }
    return properties;
}

std::string update_answer(std::string_view href, const std::vector<PropertyChange>& changes, Status failure) {
    const bool has_protected = std::ranges::any_of(changes, is_protected);
    std::string failed;
    std::string others;
    for (const PropertyChange& each : changes) {
        std::string& names = failure != Status::ok && (!has_protected || is_protected(each)) ? failed : others;
        append_dead_property(names, {.name = each.property.name, .language = {}, .value = {}});
    }
    std::string text;
    PropertyWriter::append_opening(text);
    PropertyWriter::append_response_opening(text, href);
    if (!failed.empty()) PropertyWriter::append_names(text, failed, failure);
    if (!others.empty()) {
        PropertyWriter::append_names(text, others, failure == Status::ok ? Status::ok : Status::failed_dependency);
    }
    PropertyWriter::append_response_closing(text);
    PropertyWriter::append_closing(text);
    return text;
}

}  // namespace dav
