// Who may do what. Rights are resolved once per request by the router, and once more for each name that only the body
// of a request states (the files of a form, the entry that an action names). Allow, OPTIONS, the buttons of a listing
// and every refusal follow from this value.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "handler/resource.h"
#include "http/framing.h"
#include "http/request.h"
#include "http/user.h"

namespace handler {

enum class Right : std::uint8_t {
    read,     ///< GET and HEAD
    list,     ///< the listing of a directory without an index file
    create,   ///< new files, directories and records
    replace,  ///< another content for what is there
    remove,   ///< DELETE
    share,    ///< links by which others read or add files without a name
};

class Rights {
public:
    constexpr Rights() = default;
    template <class... Each>
    constexpr explicit Rights(Each... rights) : bits_(static_cast<std::uint8_t>((bit(rights) | ... | 0U))) {}
    constexpr void add(Right right) { bits_ = static_cast<std::uint8_t>(bits_ | bit(right)); }
    constexpr void add(Rights others) { bits_ = static_cast<std::uint8_t>(bits_ | others.bits_); }
    constexpr void remove(Right right) { bits_ = static_cast<std::uint8_t>(bits_ & ~bit(right)); }
    /// Takes away what `others` do not have.
    constexpr void keep_only(Rights others) { bits_ = static_cast<std::uint8_t>(bits_ & others.bits_); }
    [[nodiscard]] constexpr bool has(Right right) const { return (bits_ & bit(right)) != 0; }
    /// True when this has one of `others`, or they are none.
    [[nodiscard]] constexpr bool has_any_of(Rights others) const {
        return others.bits_ == 0 || (bits_ & others.bits_) != 0;
    }
    /// A drop box: what is there may neither be seen nor replaced, so no answer may tell what it is.
    [[nodiscard]] constexpr bool only_adds() const {
        return has(Right::create) && !has_any_of(Rights(Right::read, Right::list, Right::replace));
    }
    friend constexpr bool operator==(Rights, Rights) = default;

private:
    static constexpr unsigned bit(Right right) { return 1U << static_cast<unsigned>(right); }
    std::uint8_t bits_ = 0;
};

/// Who asks.
struct Client {
    std::shared_ptr<const http::User> user = nullptr;          ///< null: nobody signed in
    std::shared_ptr<const http::SharedPath> shared = nullptr;  ///< what a link gives besides; null: nothing
    bool is_preflight = false;  ///< asks for a script, and cannot sign in: what it may tell holds for others

    static Client of(const http::Request& request) { return {request.user, request.shared}; }
};

/// True for a file directly in `folder`, which ends with a slash.
[[nodiscard]] inline bool is_file_in(std::string_view folder, std::string_view path) {
    return path.size() > folder.size() && path.starts_with(folder) &&
           path.find('/', folder.size()) == std::string_view::npos;
}

/// True for the path of a share link, and for what is below it when it is a folder's; of one for dropping only for the
/// files that may be dropped, and for the uploads that it began.
[[nodiscard]] inline bool is_covered(std::string_view path, const http::SharedPath& shared) {
    const std::string_view whole = shared.path;
    if (!whole.ends_with('/')) return path == whole;
    if (shared.gives == http::LinkGives::dropping) {
        return path == whole || is_file_in(whole, path) || (!path.empty() && path == shared.upload);
    }
    return path.starts_with(whole) || path == whole.substr(0, whole.size() - 1);
}

/// Rights by path and client. Implemented by access_control/grants.
class PathRights {
public:
    virtual ~PathRights() = default;
    /// `path`: canonical (Resource::path). A sidecar has only the rights that its file has as well. Where
    /// asks_to_sign_in_at(), a client that did not sign in has none but those of its link.
    [[nodiscard]] virtual Rights rights_at(std::string_view path, const Client& client) const = 0;
    /// What the link of `shared` gives at `path`: there and at its own path its maker may share now, and read or list;
    /// of one for dropping, create. None at a path that it does not cover.
    [[nodiscard]] virtual Rights rights_by_link(std::string_view path, const http::SharedPath& shared) const = 0;
    /// The path of the lines that decide about `path`: "/" or without a slash at its end. Empty: no line does.
    [[nodiscard]] virtual std::string_view place_of(std::string_view path) const = 0;
    /// True when everybody has the same rights at `path`.
    [[nodiscard]] virtual bool is_same_for_all(std::string_view path) const = 0;
    /// True when other lines decide about something below `directory`, or signing in comes first there.
    [[nodiscard]] virtual bool has_places_below(std::string_view directory) const = 0;
    /// True where nothing is answered without credentials: at and below a path of --auth-prompt.
    [[nodiscard]] virtual bool asks_to_sign_in_at(std::string_view path) const = 0;
};

/// What the options allow. Without --grant this alone decides about rights. With it Grants::rights_at() decides, and
/// the options can only take away from that.
struct RightsRules {
    /// Null: everybody may what the options below say. Otherwise these decide, and the options below say what somebody
    /// may somewhere.
    std::shared_ptr<const PathRights> grants;
    bool listing = true;             ///< directories without an index file are listed
    bool allow_upload = false;       ///< new files, directories and records
    bool allow_replace = false;      ///< also over existing ones
    bool allow_delete = false;       ///< DELETE
    bool allow_share = false;        ///< with grants only: somebody may make share links somewhere
    bool signs_in = false;           ///< there may be users: who sends a request is found out, and answers say so
    bool only_certificates = false;  ///< with signs_in: of clients; nobody has a password or a token
    bool allow_well_known = false;   ///< writing also below "/.well-known/", which speaks for the whole host

    [[nodiscard]] Rights resolve_rights(const Resource& resource, const Client& client) const {
        if (grants) return granted_rights(resource, client);
        Rights rights(Right::read);
        if (listing) rights.add(Right::list);
        if (is_well_known(resource.path) && !allow_well_known) return rights;
        if (allow_upload) rights.add(Right::create);
        if (allow_upload && allow_replace) rights.add(Right::replace);
        if (allow_delete) rights.add(Right::remove);
        return rights;
    }
    /// True where the link that `client` shows gives something: the one question about links, whoever asks it.
    [[nodiscard]] bool is_given_by_link(std::string_view path, const Client& client) const {
        if (!grants || !client.shared) return false;
        Rights given = grants->rights_by_link(path, *client.shared);
        if (!listing) given.remove(Right::list);
        return given != Rights();
    }
    /// True where nothing is answered without credentials.
    [[nodiscard]] bool asks_to_sign_in_at(std::string_view path) const {
        return grants != nullptr && grants->asks_to_sign_in_at(path);
    }
    /// `refusal`, of which any missing right is missing at `path`: that of the request, or one that it names elsewhere.
    [[nodiscard]] http::Refusal refusal_at(std::string_view path, http::Refusal refusal) const {
        using http::MissingRight;
        if (refusal.missing == MissingRight::none) return refusal;
        const bool is_for_all = is_well_known(path) && !allow_well_known;
        const bool have_others = !is_for_all && grants != nullptr && !grants->is_same_for_all(path);
        refusal.missing = have_others ? MissingRight::of_others : MissingRight::none;
        return refusal;
    }
    /// True when somebody may write somewhere.
    [[nodiscard]] bool allows_writing() const { return allow_upload || allow_delete; }

private:
    [[nodiscard]] Rights granted_rights(const Resource& resource, const Client& client) const {
        Rights rights = grants->rights_at(resource.path, client);
        if (!listing) rights.remove(Right::list);
        if (is_well_known(resource.path) && !allow_well_known) {
            for (const Right right : {Right::create, Right::replace, Right::remove}) rights.remove(right);
        }
        return rights;
    }
};

}  // namespace handler
