// What a PROPPATCH asks for (RFC 4918 §9.2, §14.19), and what becomes of it: all of it, or nothing. Pure. Called by
// property_changes.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "dav/dead_properties.h"
#include "http/framing.h"
#include "http/status.h"

namespace dav {

struct PropertyChange {
    enum class Kind : std::uint8_t { set, remove } kind = Kind::set;
    DeadProperty property;
};

/// In the order of the document, which is that in which they are made. 400 for what is no propertyupdate element, or
/// has no property in it.
[[nodiscard]] std::expected<std::vector<PropertyChange>, http::Refusal> parse_property_update(std::string_view body);

/// True for a live property, which the server alone sets.
[[nodiscard]] bool is_protected(const PropertyChange& change);

/// `properties` after `changes`. To remove what is not there is no failure.
[[nodiscard]] DeadProperties changed_properties(DeadProperties properties, const std::vector<PropertyChange>& changes);

/// The multistatus document about `href`. `failure`: the status of the changes that failed; ok: none did. Those that
/// failed are the protected ones where there are some, and all otherwise; the others have the status 424 then.
[[nodiscard]] std::string update_answer(std::string_view href, const std::vector<PropertyChange>& changes,
                                        http::Status failure);

}  // namespace dav
