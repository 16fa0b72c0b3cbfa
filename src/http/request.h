// One request's head, parsed: what handlers look at. Values are offsets into `text`, which its owner may move.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/client.h"
#include "http/fields.h"
#include "http/framing.h"
#include "http/method.h"
#include "http/target.h"
#include "http/user.h"

namespace http {

struct IfField;

struct Request {
    /// The whole head as received. Code that moves the bytes sets this again; everything else stays valid.
    std::string_view text;
    Method method = Method::unknown;
    Slice method_text;
    Slice target_text;
    Target target;
    std::uint8_t major_version = 1;
    std::uint8_t minor_version = 1;  ///< of HTTP/1.x; HTTP/2 has what 1.1 has, so it stays 1 there
    Fields fields;
    Framing framing;
    /// True when nobody could read or change it on its way: its URL has the scheme https. Set by the connection.
    bool is_secure = false;
    bool keep_alive = true;                         ///< the client allows another request (RFC 9112 §9.3)
    bool expects_continue = false;                  ///< Expect: 100-continue in HTTP/1.1 (RFC 9110 §10.1.1)
    bool unknown_expectation = false;               ///< any other expectation: 417
    SignedInBy signed_in_by = SignedInBy::nothing;  ///< set together with `user`
    ShownLink shown_link = ShownLink::none;         ///< set together with `shared`
    /// The position of this request's last received byte among all receives of the process: what was read from the
    /// file system at or after this point is not older than the request.
    std::uint64_t arrival = 0;
    /// What --path-prefix took off the path, decoded and without a slash at its end; null: nothing.
    std::shared_ptr<const std::string> path_prefix;
    /// Set before the handler is asked.
    Client client;
    /// The user whom the client's certificate names, which a known authority vouches for; null: the client showed none.
    /// Set by the connection. What it is worth is decided before the request is routed.
    std::shared_ptr<const User> certified;
    /// Who signed in; null: nobody did. Set by whoever checks the credentials, before the request is routed.
    std::shared_ptr<const User> user;
    /// The field If, where WebDAV is spoken and the request has it. Set by the router.
    std::shared_ptr<const IfField> if_field;
    /// What a share link gives besides; null: nothing.
    std::shared_ptr<const SharedPath> shared;

    [[nodiscard]] std::optional<std::string_view> find(FieldName name) const { return fields.find(name, text); }
    [[nodiscard]] std::optional<std::string_view> find_list(FieldName name, std::string& storage) const {
        return fields.find_list(name, text, storage);
    }
    [[nodiscard]] std::string_view path() const { return target.path; }
    /// `path`, which is one within the site, as this client asks for it; both are decoded. Every path that an answer
    /// tells is made by this, but for those in Location, which get the prefix all together (site/path_prefix).
    [[nodiscard]] std::string client_path(std::string_view path) const {
        return path_prefix ? std::string(*path_prefix).append(path) : std::string(path);
    }
    [[nodiscard]] std::string_view query() const { return target.query.of(text); }
    [[nodiscard]] bool has_body() const {
        return framing.kind == Framing::Kind::chunked || (framing.kind == Framing::Kind::length && framing.length > 0);
    }
    /// Bytes of the body, 0 where there is none; nullopt for chunks.
    [[nodiscard]] std::optional<std::uint64_t> body_length() const {
        if (framing.kind == Framing::Kind::chunked) return std::nullopt;
        return framing.length;
    }
    void clear() {
        text = {};
        method = Method::unknown;
        method_text = target_text = {};
        target.clear();
        major_version = minor_version = 1;
        fields.clear();
        framing = {};
        path_prefix.reset();
        keep_alive = true;
        expects_continue = unknown_expectation = false;
        signed_in_by = SignedInBy::nothing;
        shown_link = ShownLink::none;
        client = {};
        certified.reset();
        user.reset();
        shared.reset();
        if_field.reset();
    }
};

}  // namespace http
