// What a simulation ends with when the server did what it must not do. Thrown by the checks of clients, model and
// world, outside of calls of the server.
#pragma once

#include <stdexcept>

namespace simulation {

class Violation : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

}  // namespace simulation
