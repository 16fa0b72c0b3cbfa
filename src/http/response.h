// What a handler answers. Framing fields (Content-Length, Transfer-Encoding, Connection) and Date are the
// connection's business; everything else stands here.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "http/body.h"
#include "http/field_list.h"
#include "http/framing.h"
#include "http/status.h"

namespace http {

struct Response {
    Status status = Status::ok;
    /// Fields that were prepared once and are shared; may be empty. `owner` keeps them alive; none: they are static.
    struct Prepared {
        std::shared_ptr<const void> owner;
        FieldTail fields;
        /// Of the file that they are of, without links; rules by path hold for it as for the request's. May be empty.
        std::string_view path;
    } prepared;
    /// Further fields, sent behind the prepared ones.
    FieldList fields;
    Body body;
    /// HEAD and 304 without a body may still state the length a GET would have (RFC 9110 §8.6).
    /// Not set: the length of `body`, where the status allows one; a source is sent chunked.
    std::optional<std::uint64_t> stated_length;
    /// The connection ends after this answer.
    bool close = false;
    /// Not in the access log: the answer to what browsers look for on their own.
    bool quiet = false;
    /// The content names who signed in, or offers to sign in: other clients get other content.
    bool is_personal = false;
    /// As in Refusal: whether somebody else may be answered otherwise.
    MissingRight missing = MissingRight::none;
    /// Why it was refused, or what it lacks, for the error log; empty otherwise. Static lifetime.
    std::string_view reason;

    /// Appends a field. The caller guarantees that `value` holds no control byte.
    Response& add(std::string_view name, std::string_view value) {
        fields.add(name, value);
        return *this;
    }
    /// The value of the first field with this name, prepared or not.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const {
        const auto found = prepared.fields.find(name);
        return found ? found : fields.find(name);
    }
};

}  // namespace http
