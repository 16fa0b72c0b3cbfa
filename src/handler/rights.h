// Who may do what. Rights are resolved once per request by the router, and once more for each name that only the body
// of a request states (the files of a form, the entry that an action names). Allow, OPTIONS, the buttons of a listing
// and every refusal follow from this value.
#pragma once

#include <cstdint>

#include "handler/resource.h"
#include "http/request.h"

namespace handler {

enum class Right : std::uint8_t {
    read,     ///< GET and HEAD
    list,     ///< the listing of a directory without an index file
    create,   ///< new files, directories and records
    replace,  ///< another content for what is there
    remove,   ///< DELETE
};

class Rights {
public:
    constexpr Rights() = default;
    template <class... Each>
    constexpr explicit Rights(Each... rights) : bits_(static_cast<std::uint8_t>((bit(rights) | ... | 0U))) {}
    constexpr void add(Right right) { bits_ = static_cast<std::uint8_t>(bits_ | bit(right)); }
    [[nodiscard]] constexpr bool has(Right right) const { return (bits_ & bit(right)) != 0; }
    /// True when this has one of `others`, or they are none.
    [[nodiscard]] constexpr bool has_any_of(Rights others) const {
        return others.bits_ == 0 || (bits_ & others.bits_) != 0;
    }
    friend constexpr bool operator==(Rights, Rights) = default;

private:
    static constexpr unsigned bit(Right right) { return 1U << static_cast<unsigned>(right); }
    std::uint8_t bits_ = 0;
};

/// Who asks. There are no users yet, so everybody is the same client.
struct Client {
    static Client of(const http::Request&) { return {}; }
};

/// What the options allow. This is the one place that decides about rights.
struct RightsRules {
    bool listing = true;            ///< directories without an index file are listed
    bool allow_upload = false;      ///< new files, directories and records
    bool allow_replace = false;     ///< also over existing ones
    bool allow_delete = false;      ///< DELETE
    bool allow_well_known = false;  ///< the same below "/.well-known/", which speaks for the whole host

    [[nodiscard]] Rights resolve_rights(const Resource& resource, const Client&) const {
        Rights rights(Right::read);
        if (listing) rights.add(Right::list);
        if (is_well_known(resource.path) && !allow_well_known) return rights;
        if (allow_upload) rights.add(Right::create);
        if (allow_upload && allow_replace) rights.add(Right::replace);
        if (allow_delete) rights.add(Right::remove);
        return rights;
    }
    /// True when somebody may write somewhere.
    [[nodiscard]] bool allows_writing() const { return allow_upload || allow_delete; }
};

}  // namespace handler
