// The properties whose values the server knows (RFC 4918 §15, RFC 4331). Called by property_query, which finds out
// which are wanted, and by property_writer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "dav/xml_name.h"

namespace dav {

enum class LiveProperty : std::uint8_t {
    resource_type,
    content_length,
    last_modified,
    creation_date,
    entity_tag,
    content_type,
    display_name,
    supported_lock,
    lock_discovery,
    quota_available,
    quota_used,
};
inline constexpr std::size_t kLiveProperties = 11;

/// "getcontentlength" …; in the namespace of RFC 4918.
[[nodiscard]] std::string_view live_property_name(LiveProperty property);
/// nullopt: it is none of these.
[[nodiscard]] std::optional<LiveProperty> find_live_property(const XmlName& name);

class LivePropertySet {
public:
    constexpr LivePropertySet() = default;
    constexpr void add(LiveProperty property) { bits_ = static_cast<std::uint16_t>(bits_ | bit(property)); }
    [[nodiscard]] constexpr bool has(LiveProperty property) const { return (bits_ & bit(property)) != 0; }
    [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
    friend constexpr bool operator==(LivePropertySet, LivePropertySet) = default;

private:
    static constexpr unsigned bit(LiveProperty property) { return 1U << static_cast<unsigned>(property); }
    std::uint16_t bits_ = 0;
};

/// What "allprop" asks for: the properties of RFC 4918 that say more than the address does. The display name repeats
/// the address, and there are no locks.
[[nodiscard]] LivePropertySet usual_live_properties();

}  // namespace dav
