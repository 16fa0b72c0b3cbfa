// What a handler answers. Framing fields (Content-Length, Transfer-Encoding, Connection) and Date are the
// connection's business; everything else stands here.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "http/body.h"
#include "http/status.h"

namespace http {

struct Response {
    Status status = Status::ok;
    /// Whole field lines, each ended by CRLF, prepared once and shared; may be empty. `owner` keeps the text alive.
    struct Prepared {
        std::shared_ptr<const void> owner;
        std::string_view lines;
    } prepared;
    /// Further whole field lines, each ended by CRLF.
    std::string fields;
    Body body;
    /// HEAD and 304 without a body may still state the length a GET would have (RFC 9110 §8.6).
    /// Not set: the length of `body`, where the status allows one; a source is sent chunked.
    std::optional<std::uint64_t> stated_length;
    /// The connection ends after this answer.
    bool close = false;
    /// Not in the access log: the answer to what browsers look for on their own.
    bool quiet = false;
    /// Why it was refused, for the error log; empty otherwise. Static lifetime.
    std::string_view reason;

    /// Appends "name: value\r\n". The caller guarantees that `value` holds no control byte.
    Response& add(std::string_view name, std::string_view value) {
        fields.append(name).append(": ").append(value).append("\r\n");
        return *this;
    }
};

}  // namespace http
