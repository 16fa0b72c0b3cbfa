// The table of legal moves.
#include "uploads/upload_phase.h"

#include <array>

#include "base/invariant.h"

namespace uploads {
namespace {

using enum UploadPhase;
using Row = std::array<std::optional<UploadPhase>, kUploadEvents>;
constexpr auto none = std::nullopt;

// One row per phase; the columns in the order of UploadEvent: bytes_found, taking_back_begun, taken_back,
// taking_back_failed, end_begun, end_put_off, published, cancelled, expired, ruined.
constexpr std::array<Row, kUploadPhases> kMoves = {{
    /* away */ {open, none, none, none, none, none, complete, none, removed, removed},
    /* open */ {none, taking_back, none, none, publishing, none, complete, removed, removed, removed},
    /* taking_back */ {none, none, open, away, none, none, none, none, none, removed},
    /* publishing: the commit goes on whatever the client does */
    {none, none, none, none, none, open, complete, none, none, removed},
    /* complete */ {none, none, none, none, none, none, none, removed, removed, none},
    /* removed */ {none, none, none, none, none, none, none, none, none, none},
}};

}  // namespace

std::optional<UploadPhase> next_phase(UploadPhase phase, UploadEvent event) {
    return kMoves[static_cast<std::size_t>(phase)][static_cast<std::size_t>(event)];
}

void CheckedPhase::move(UploadEvent event) {
    const auto next = next_phase(phase_, event);
    if (!next) base::fail_invariant("resumable upload", phase_name(phase_), event_name(event));
    phase_ = *next;
}

std::string_view phase_name(UploadPhase phase) {
    switch (phase) {
        case away: return "away";
        case open: return "open";
        case taking_back: return "taking_back";
        case publishing: return "publishing";
        case complete: return "complete";
        case removed: return "removed";
    }
    return "?";
}

std::string_view event_name(UploadEvent event) {
    switch (event) {
        case UploadEvent::bytes_found: return "bytes_found";
        case UploadEvent::taking_back_begun: return "taking_back_begun";
        case UploadEvent::taken_back: return "taken_back";
        case UploadEvent::taking_back_failed: return "taking_back_failed";
        case UploadEvent::end_begun: return "end_begun";
        case UploadEvent::end_put_off: return "end_put_off";
        case UploadEvent::published: return "published";
        case UploadEvent::cancelled: return "cancelled";
        case UploadEvent::expired: return "expired";
        case UploadEvent::ruined: return "ruined";
    }
    return "?";
}

}  // namespace uploads
