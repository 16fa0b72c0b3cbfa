// The copies of each client that are under way. They outlive the rules, as the copies do. Owned by the state of a site;
// asked by Copies and by the form of a listing.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/counters.h"
#include "http/client_shares.h"

namespace uploads {

/// Each holds two descriptors and the space of what it has copied, and takes turns with the other work of its client.
inline constexpr std::size_t kMaxCopiesPerClient = 8;

struct CopyShares {
    http::ClientShares copies;
    std::uint64_t over_share = 0;  ///< refused because their client has too many

    /// This outlives what is returned.
    [[nodiscard]] base::Counters::Registration register_counters(base::Counters& counters) const {
        return counters.add({base::counter("copies_over_share", base::CounterKind::total,
                                           "copies refused because their client has too many under way", over_share)});
    }
};

}  // namespace uploads
