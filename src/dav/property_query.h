// What a PROPFIND asks for (RFC 4918 §9.1, §14.20). Called by properties.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string_view>
#include <vector>

#include "dav/live_property.h"
#include "dav/xml_name.h"
#include "http/framing.h"

namespace dav {

/// Properties that a request names, other than the live ones. Each costs something for every entry of a folder.
inline constexpr std::size_t kMostNamedProperties = 100;
/// Their names with their namespaces, which stand in the answer for every entry that lacks them.
inline constexpr std::size_t kMostNamedBytes = std::size_t{16} * 1024;

struct PropertyQuery {
    enum class Form : std::uint8_t {
        all,    ///< the usual live ones, those in `live` and `others`, and all dead ones
        names,  ///< the names of those that there are
        named,  ///< those in `live` and `others`
    };
    Form form = Form::all;
    LivePropertySet live;         ///< of `all` the usual ones as well
    std::vector<XmlName> others;  ///< each once

    [[nodiscard]] bool wants(LiveProperty property) const { return form == Form::names || live.has(property); }
    [[nodiscard]] bool wants_dead() const { return form != Form::named || !others.empty(); }
    [[nodiscard]] bool wants_quota() const {
        return wants(LiveProperty::quota_available) || wants(LiveProperty::quota_used);
    }
    /// What is wanted is found out with the resource open.
    [[nodiscard]] bool needs_descriptor() const { return wants_dead() || wants(LiveProperty::creation_date); }
};

/// `body`: the content of the request; without one everything is asked for. 400 for what is no propfind element, or
/// names
/// more than the bounds above.
[[nodiscard]] std::expected<PropertyQuery, http::Refusal> parse_property_query(std::string_view body);

}  // namespace dav
