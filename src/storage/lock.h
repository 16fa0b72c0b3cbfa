// A write lock (RFC 4918 §6, §7), and what a request shows to pass it. Values of storage/locks; read by dav/.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "http/if_field.h"

namespace storage {

struct Lock {
    enum class Scope : std::uint8_t { exclusive, shared };
    enum class Reach : std::uint8_t {
        itself,     ///< Depth 0; of a folder also which names are in it
        all_below,  ///< Depth infinity
    };
    enum class Kind : std::uint8_t { file, folder };

    std::string token;  ///< "urn:uuid:…"
    std::string path;   ///< find_written_path(), without a slash at its end
    Kind kind = Kind::file;
    Scope scope = Scope::exclusive;
    Reach reach = Reach::itself;
    std::string user;   ///< whose it is; empty: of one who did not sign in
    std::string owner;  ///< what the client says about itself: XML that can stand anywhere
    base::MonotonicMs expires_ms = 0;

    /// True when `written` is what is locked, or is below it and locked with it.
    [[nodiscard]] bool covers(std::string_view written) const {
        if (!written.starts_with(path)) return false;
        if (written.size() == path.size()) return true;
        return reach == Reach::all_below && written[path.size()] == '/';
    }
};

/// The tokens that a request shows, and who shows them. Without any no lock is passed.
struct LockKeys {
    std::shared_ptr<const http::IfField> shown;
    std::string user;  ///< empty: nobody signed in

    [[nodiscard]] static LockKeys of(const http::Request& request) {
        if (request.if_field == nullptr) return {};
        return {request.if_field, request.user == nullptr ? std::string() : request.user->name};
    }
    /// A token alone is not enough, since everybody may read it in lockdiscovery.
    [[nodiscard]] bool open(const Lock& lock) const {
        return shown != nullptr && shown->shows(lock.token) && user == lock.user;
    }
};

/// What a write does to the name that it holds.
enum class Touched : std::uint8_t {
    nothing,
    content,  ///< what has the name gets another content
    name,     ///< the name comes or goes, so the folder that it is in changes as well
    tree,     ///< a folder goes, with all that is below it
};

}  // namespace storage
