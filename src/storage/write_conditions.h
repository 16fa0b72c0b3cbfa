// The preconditions of a write (RFC 9110 §13), kept beyond their request: they are checked before the body and again
// when the file gets its name. Called by uploads, removals, moves and copies.
#pragma once

#include <sys/stat.h>

#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "http/method.h"
#include "http/request.h"

namespace storage {

class WriteConditions {
public:
    /// None.
    WriteConditions() = default;
    /// Copies them; costs nothing when the request has none.
    explicit WriteConditions(const http::Request& request);

    [[nodiscard]] bool any() const { return kept_ != nullptr; }
    /// `found`: what is served at the target now; nullopt when nothing is. A directory has no tag.
    [[nodiscard]] bool hold(const std::optional<struct stat>& found, base::UnixNs now) const;

private:
    struct Kept {
        http::Method method;
        http::Fields fields;
        std::string text;
    };
    std::unique_ptr<const Kept> kept_;
};

/// The 412 of a condition that does not hold.
[[nodiscard]] http::Refusal condition_refusal();

}  // namespace storage
