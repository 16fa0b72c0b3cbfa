// What a request is about: the kind of thing, and its one canonical path. Resolved by site/resources once per request,
// read by the route table and by the features.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace handler {

struct Resource {
    enum class Kind : std::uint8_t {
        server,        ///< "*" (RFC 9110 §7.1)
        file,          ///< a name below the root without a slash at its end, whatever has that name
        directory,     ///< a name below the root with a slash at its end
        root,          ///< "/"
        hidden,        ///< a name below the root that begins with a dot, or is below such a one
        files_prefix,  ///< "/files", which leads to "/files/"
        echo,
        user_agent,
        health,
        page_asset,  ///< the style of pages, or a script of listings
        records,     ///< all records
        record,      ///< one of them
        upload,      ///< an upload that can be resumed
        sign_in,     ///< the page for a name and a password
        sign_out,    ///< what ends the badge of a browser
        shares,      ///< the list of one's own share links, and one of them
    };
    static constexpr std::size_t kKinds = 16;

    Kind kind = Kind::file;
    /// Decoded. Every spelling of a file's name has the same one: "/files/x" is "/x". Rules are looked up by it.
    std::string_view path;

    [[nodiscard]] bool is_below_root() const { return kind <= Kind::hidden && kind != Kind::server; }
};

/// True for "/.well-known" (RFC 8615) and everything below it.
[[nodiscard]] constexpr bool is_well_known(std::string_view path) {
    constexpr std::string_view kWellKnown = "/.well-known";
    return path.starts_with(kWellKnown) && (path.size() == kWellKnown.size() || path[kWellKnown.size()] == '/');
}

}  // namespace handler
