// All counters of the process in the text formats of Prometheus. Called by Admin. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/counters.h"

namespace admin {

enum class MetricsFormat : std::uint8_t {
    prometheus,   ///< the text format 0.0.4
    openmetrics,  ///< OpenMetrics 1.0.0
};

/// What Content-Type says of it.
[[nodiscard]] std::string_view media_type(MetricsFormat format);

/// Each name begins with "godwit_", and ends with "_seconds" where it is a time and with "_total" where it only grows.
[[nodiscard]] std::string metrics_text(const base::Counters& counters, MetricsFormat format);

}  // namespace admin
