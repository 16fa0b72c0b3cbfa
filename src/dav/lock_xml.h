// The XML of locks (RFC 4918 §14, §15.8, §15.10, §16): what LOCK asks for, the properties that tell of locks, and the
// preconditions of refusals. Called by locking, locked_answers, properties and multistatus_source.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

#include "http/framing.h"
#include "storage/file_root.h"
#include "storage/locks.h"

namespace dav {

/// The most of what a client says about itself. It is kept for each lock, and told to everybody who asks.
inline constexpr std::size_t kMostOwnerBytes = 1'024;
/// Bytes of one lockdiscovery, behind which no further lock begins: those of the path itself come first, and one alone
/// takes some 15 KiB at most. Only shared ones with long owners or paths, or of many folders within each other, can be
/// more.
inline constexpr std::size_t kMostDiscoveryBytes = std::size_t{32} * 1024;
static_assert(kMostDiscoveryBytes >= storage::kMostLocksOfPath * kMostOwnerBytes);

struct LockRequest {
    storage::Lock::Scope scope = storage::Lock::Scope::exclusive;
    std::string owner;  ///< XML that can stand anywhere
};

/// 400 for what is no lockinfo element that asks for a write lock, and for a longer owner.
[[nodiscard]] std::expected<LockRequest, http::Refusal> parse_lock_request(std::string_view body);

/// Whose locks, and how their addresses begin.
struct LockView {
    storage::Locks* locks = nullptr;  ///< null: there are none, ever
    const storage::FileRoot& root;
    std::string_view path_prefix;  ///< empty, or without a slash at its end

    /// The content of lockdiscovery of `path`, canonical; empty: it has no locks.
    [[nodiscard]] std::string discovery(std::string_view path) const;
    /// The content of supportedlock.
    [[nodiscard]] std::string_view supported() const;
};

/// The document in the answer to LOCK: lockdiscovery alone, with this content.
[[nodiscard]] std::string discovery_document(std::string_view discovery);

/// The address of what is locked, percent-encoded.
[[nodiscard]] std::string lock_href(std::string_view path_prefix, const storage::Lock& lock);

/// The document of a refusal with a precondition of RFC 4918 §16, and the address that it is about; may be empty.
[[nodiscard]] std::string error_document(std::string_view precondition, std::string_view href);

}  // namespace dav
