// Rights for tests that are not about rights.
#pragma once

#include "handler/rights.h"

namespace support {

inline constexpr handler::Rights kAllRights(handler::Right::read, handler::Right::list, handler::Right::create,
                                            handler::Right::replace, handler::Right::remove);

}  // namespace support
