// Who signed in with a request (RFC 9110 §11). Part of Request; grants ask for the name and the groups.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace http {

/// How a request says who sends it.
enum class SignedInBy : std::uint8_t {
    nothing,
    field,        ///< Authorization
    badge,        ///< the cookie of a browser whose user signed in on the page
    dead_badge,   ///< such a cookie that is worth nothing, which the answer may clear; it says nothing about the user
    certificate,  ///< of the client, in the handshake of TLS
};

struct User {
    std::string name;
    std::vector<std::string> groups;
    bool has_account = true;  ///< the users file knows the name; otherwise a certificate alone gives it
    /// Tells his password from any other one that he had or will have, and tells nobody what it is. Empty: he has none.
    std::string stamp;
};

/// What a share link is for.
enum class LinkGives : std::uint8_t {
    reading,   ///< what its maker may read and share there now
    dropping,  ///< files are added to a folder, as to a drop box, while its maker may do so and share
};

/// What a share link gives to whoever shows it.
struct SharedPath {
    enum class Uses : std::uint8_t {
        unlimited,
        counted,
        resumed,  ///< counted; a part that begins later continues the last use and is no new one
    };
    std::string id;                     ///< no secret
    std::string path;                   ///< canonical; with a slash at its end for a folder and all that is below it
    std::shared_ptr<const User> maker;  ///< with the groups of now
    std::int64_t ends_s = 0;            ///< seconds since 1970
    Uses uses = Uses::unlimited;
    LinkGives gives = LinkGives::reading;
    std::string token;        ///< by which it was shown: a secret
    std::string maker_stamp;  ///< of its maker when he made it, as in User
    /// The address of a resumable upload that was begun by the link, where that is what is asked for; empty otherwise.
    std::string upload;
};

/// Whether a request shows a share link, and what it is worth.
enum class ShownLink : std::uint8_t {
    none,
    by_query,
    by_cookie,
    by_upload,      ///< what is asked for is a resumable upload that was begun by it
    unknown,        ///< the query has the form of one, but there is no such link
    over,           ///< it was one
    unread,         ///< it cannot be told now
    unread_cookie,  ///< the same of one in a cookie
};

}  // namespace http
