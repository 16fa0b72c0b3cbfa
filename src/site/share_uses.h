// The uses of share links. Those of a link with a limit are on the disk before the answer begins, or before what was
// dropped is stored; the others are counted for their maker's list. Called by ruled_site.
#pragma once

#include "handler/handler.h"
#include "site/share_parts.h"

namespace site {

class ShareUses {
public:
    /// What `parts` refers to outlives this and every answer.
    explicit ShareUses(const ShareParts& parts) : parts_(parts) {}

    /// Returns `decision` as it is where it is no use of the link that `request` shows: an answer without content, a
    /// listing, or a part that begins behind the first byte and continues the last use; with a link for dropping, a
    /// request that stores no whole file. Otherwise returns a decision that notes the use first, or refuses: 410 when
    /// the link is used up, 503 when the use cannot be noted on the disk. Once the link is used up, everything but such
    /// a part is refused.
    [[nodiscard]] handler::Decision note(const http::Request& request, handler::Decision decision);

private:
    [[nodiscard]] handler::Decision note_drop(const http::Request& request, handler::Decision decision) const;

    ShareParts parts_;
};

}  // namespace site
