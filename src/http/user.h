// Who signed in with a request (RFC 9110 §11). Part of Request; grants ask for the name and the groups.
#pragma once

#include <string>
#include <vector>

namespace http {

struct User {
    std::string name;
    std::vector<std::string> groups;
};

}  // namespace http
