// The copies of each client that are under way. They outlive the rules, as the copies do. Owned by the state of a site;
// asked by Copies and by the form of a listing.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/counters.h"
#include "http/client_shares.h"

namespace uploads {

/// Each holds two descriptors, that of a folder more, and the space of what it has copied, and takes turns with the
/// other work of its client.
inline constexpr std::size_t kMaxCopiesPerClient = 8;
/// Copies of folders, of all clients together: each holds two descriptors for every level that it is in, and one for
/// each sync that is under way, about 160 at most.
inline constexpr std::size_t kMaxTreeCopies = 16;

struct CopyShares {
    http::ClientShares copies;
    http::ClientShares trees;      ///< those of folders, all counted for nobody: there is one bound for all
    std::uint64_t over_share = 0;  ///< refused because their client has too many
    std::uint64_t over_bound = 0;  ///< refused because all clients together have too many

    /// This outlives what is returned.
    [[nodiscard]] base::Counters::Registration register_counters(base::Counters& counters) const {
        using enum base::CounterKind;
        return counters.add({base::counter("copies_over_share", total,
                                           "copies refused because their client has too many under way", over_share),
                             base::counter("copies_over_bound", total,
                                           "copies of folders refused because too many are under way", over_bound)});
    }
};

}  // namespace uploads
