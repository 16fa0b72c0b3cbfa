// The requests of simulated clients: what is asked, with which bytes, and which answers are possible. Planned by the
// seed from what clients can know, checked against the model when the answer is there. Used by the world.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "simulation/answer_reader.h"
#include "simulation/name_model.h"
#include "simulation/random.h"

namespace simulation {

/// A name that clients read and write.
struct SharedName {
    std::string path;  ///< without the slash in front
    NameModel model;
    std::string recent_tag = {};  ///< of the last answer that showed one

    /// With a slash at its end; empty for a name in the root.
    [[nodiscard]] std::string folder() const { return path.substr(0, path.rfind('/') + 1); }
};

enum class RequestKind : std::uint8_t {
    get,
    head,
    range,
    revalidate,
    echo,
    put,
    put_chunked,
    put_over_tag,
    put_where_free,
    put_wrong_digest,
    remove,
    remove_tag,
    remove_folder,  ///< the one that holds the name, which is refused unless it is empty
};
inline constexpr std::size_t kRequestKinds = static_cast<std::size_t>(RequestKind::remove_folder) + 1;
[[nodiscard]] std::string_view kind_name(RequestKind kind);

struct SimulatedRequest {
    RequestKind kind = RequestKind::get;
    std::size_t name = 0;  ///< its number among the shared names
    Moment begun = 0;
    std::int64_t begun_ms = 0;
    std::uint64_t faults_before = 0;           ///< of the disk, when it began
    std::optional<NameModel::Number> write{};  ///< what it writes, if anything
    NameModel::Number behind = 0;  ///< the last write of the name that succeeded on this connection before it
    std::string tag{};             ///< of its condition
    std::size_t first = 0;         ///< of its range
    std::size_t last = 0;
    std::string text{};   ///< of an echo
    std::string bytes{};  ///< on the wire
};

/// Less than every time after which the server gives up a request or a connection.
inline constexpr std::int64_t kShortMs = 2'000;
/// Less than the time after which it gives up a connection between two requests.
inline constexpr std::int64_t kShortIdleMs = 60'000;

/// What clients agree on.
struct Knowledge {
    std::vector<SharedName> names;
    std::uint32_t contents = 0;  ///< that were made
    Moment now = 1;
    std::int64_t now_ms = 0;
    /// Faults of the disk so far.
    std::uint64_t faults = 0;
};

/// A request of the kind that `random` chooses; its write has begun.
[[nodiscard]] SimulatedRequest plan_request(Random& random, Knowledge& knowledge, std::uint32_t client);
/// The same of this kind, for a probe.
[[nodiscard]] SimulatedRequest plan_request(RequestKind kind, std::size_t name, Random& random, Knowledge& knowledge,
                                            std::uint32_t client);

/// Ends the write of `request` as `answer` says. Throws Violation when the answer is not possible. True when a write
/// succeeded: then what is durable must be looked at.
bool check_answer(const SimulatedRequest& request, const ReceivedAnswer& answer, Knowledge& knowledge);

}  // namespace simulation
