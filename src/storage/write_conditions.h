// The preconditions of a write (RFC 9110 §13, RFC 4918 §10.4), kept beyond their request: they are checked before the
// body and again when the file gets its name. With them goes what the request shows to pass locks. Called by uploads,
// removals, moves and copies.
#pragma once

#include <sys/stat.h>

#include <memory>
#include <optional>
#include <string>

#include "http/method.h"
#include "http/request.h"
#include "storage/lock.h"
#include "storage/write_parts.h"

namespace storage {

class WriteConditions {
public:
    /// None.
    WriteConditions() = default;
    /// Copies them; costs nothing when the request has none.
    explicit WriteConditions(const http::Request& request);
    /// None, but with keys: for the other name of a request that has two.
    static WriteConditions only_keys(LockKeys keys);

    [[nodiscard]] bool any() const { return kept_ != nullptr || if_field_ == Field::counts; }
    /// `found`: what is served at the target now; nullopt when nothing is. A directory has no tag.
    [[nodiscard]] bool hold(const std::optional<struct stat>& found, const WriteParts& parts) const;
    [[nodiscard]] const LockKeys& keys() const { return keys_; }

private:
    struct Kept {
        http::Method method;
        http::Fields fields;
        std::string text;
    };
    [[nodiscard]] bool hold_by_http(const std::optional<struct stat>& found, base::UnixNs now) const;

    std::unique_ptr<const Kept> kept_;
    LockKeys keys_;
    enum class Field : bool { ignored, counts } if_field_ = Field::ignored;
};

/// The 412 of a condition that does not hold.
[[nodiscard]] http::Refusal condition_refusal();

}  // namespace storage
