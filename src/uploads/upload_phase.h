// The phases of a resumable upload and the legal moves between them: one enum, one table (docs/resumable-uploads.md,
// which a test compares with it). Pure but for the end of the process at an illegal move. Called by UploadStore.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace uploads {

enum class UploadPhase : std::uint8_t {
    away,         ///< found at the start; its bytes could not be looked at yet
    open,         ///< takes bytes
    taking_back,  ///< a part with a wrong digest is being removed
    publishing,   ///< has all bytes; the commit is under way
    complete,     ///< is a file now
    removed,      ///< terminal; nothing is left
};
inline constexpr std::size_t kUploadPhases = 6;

enum class UploadEvent : std::uint8_t {
    bytes_found,         ///< the bytes agree with the state
    taking_back_begun,   ///< a part does not match the digest that its client stated
    taken_back,          ///< the part is removed
    taking_back_failed,  ///< the part could not be removed now
    end_begun,           ///< the last byte is in
    end_put_off,         ///< the commit was refused for a reason that may pass
    published,           ///< the file has its name
    cancelled,           ///< by its client
    expired,             ///< its time is over, or too many later ones are complete
    ruined,              ///< it can never become the intended file
};
inline constexpr std::size_t kUploadEvents = 10;

/// The phase after `event`, or nullopt where the event cannot happen in that phase.
[[nodiscard]] std::optional<UploadPhase> next_phase(UploadPhase phase, UploadEvent event);

[[nodiscard]] std::string_view phase_name(UploadPhase phase);
[[nodiscard]] std::string_view event_name(UploadEvent event);

/// A phase that only UploadStore moves.
class CheckedPhase {
public:
    [[nodiscard]] UploadPhase get() const { return phase_; }

private:
    friend class UploadStore;
    /// Aborts the process after an illegal move, with both names on standard error: going on could lose a client's
    /// bytes.
    void move(UploadEvent event);

    UploadPhase phase_ = UploadPhase::away;
};

}  // namespace uploads
