// The forms of each client that are being taken or stored. They outlive the rules, as the forms do. Owned by the state
// of a site; asked by Uploads.
#pragma once

#include <cstdint>

#include "base/counters.h"
#include "http/client_shares.h"

namespace uploads {

struct FormShares {
    http::ClientShares forms;
    std::uint64_t over_share = 0;  ///< refused because their client has too many

    /// This outlives what is returned.
    [[nodiscard]] base::Counters::Registration register_counters(base::Counters& counters) const {
        return counters.add({base::counter("forms_over_share", base::CounterKind::total,
                                           "forms refused because their client has too many under way", over_share)});
    }
};

}  // namespace uploads
