// Who signed in with a request (RFC 9110 §11). Part of Request; grants ask for the name and the groups.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace http {

/// By what a request says who sends it.
enum class SignedInBy : std::uint8_t {
    nothing,
    field,       ///< Authorization
    badge,       ///< the cookie of a browser whose user signed in on the page
    dead_badge,  ///< such a cookie that is worth nothing: nobody signed in, and the answer may clear it
};

struct User {
    std::string name;
    std::vector<std::string> groups;
};

}  // namespace http
