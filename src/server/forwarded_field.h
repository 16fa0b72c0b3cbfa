// One line of the field Forwarded (RFC 7239 §4), read strictly: a client can write the beginning of a line that a proxy
// extends, and must not be able to hide the proxy's part inside a quoted-string. Called by client_identity; pure.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace server {

/// What one proxy says. The values are parts of the line, without their quotes, and empty where the proxy says nothing.
/// A value that needed a backslash keeps it, and so is neither an address nor a host.
struct ForwardedElement {
    std::string_view address;  ///< of `for`
    std::string_view proto;
    std::string_view host;
};

/// The elements in order. nullopt when any part of the line breaks the grammar: then nothing says where the part of the
/// nearest proxy begins. An address with a port is taken without quotes too, because proxies send it so.
[[nodiscard]] std::optional<std::vector<ForwardedElement>> parse_forwarded(std::string_view line);

}  // namespace server
