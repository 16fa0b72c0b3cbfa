// How the server is, as JSON for programs and as a page for people. Called by Admin. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/counters.h"

namespace admin {

/// What does not change while the server runs.
struct Facts {
    std::string version;
    std::string directory;               ///< that is served
    std::vector<std::string> addresses;  ///< URLs of the site
};

struct Status {
    const Facts& facts;
    bool is_ready = true;  ///< false while the server stops
    std::int64_t up_s = 0;
    const base::Counters& counters;
};

/// One object, with a line break at its end.
[[nodiscard]] std::string status_json(const Status& status);

/// A page that loads itself anew every few seconds. It asks for kStylePath and for nothing else.
[[nodiscard]] std::string status_page(const Status& status);
inline constexpr std::string_view kStylePath = "/status.css";
[[nodiscard]] std::string_view status_style();

}  // namespace admin
