// Response heads into the output block: status line, Server, Date, the response's fields, framing, Connection
// (RFC 9112 §4, §6, §9). A handful of copies; called by the connection when it begins a response.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "http/date.h"
#include "http/framing.h"
#include "http/method.h"
#include "http/response.h"
#include "http/status.h"

namespace http {

/// The prebuilt field lines that every response of one second shares: "Server: godwit" and "Date: …".
/// One per process; rebuilt when the second changes.
class DateLine {
public:
    DateLine();
    /// The lines for this second, each ended by CRLF. Valid until the next call.
    [[nodiscard]] std::string_view at(std::int64_t unix_seconds) {
        if (unix_seconds != second_) rebuild(unix_seconds);
        return {lines_.data(), lines_.size()};
    }
    /// The value of Date alone, for a version that writes no lines. Valid until the next call.
    [[nodiscard]] std::string_view date_at(std::int64_t unix_seconds) {
        return at(unix_seconds).substr(kDateOffset, kDateBytes);
    }

private:
    static constexpr std::string_view kServer = "Server: godwit\r\n";
    static constexpr std::string_view kName = "Date: ";
    static constexpr std::size_t kDateOffset = kServer.size() + kName.size();

    void rebuild(std::int64_t unix_seconds);

    std::int64_t second_ = 0;
    std::array<char, kDateOffset + kDateBytes + 2> lines_;
};

/// What the Connection field says.
enum class Persistence : std::uint8_t {
    implied,  ///< no field: HTTP/1.1 and the connection stays
    stated,   ///< "keep-alive": an HTTP/1.0 client asked for it and gets it
    close,    ///< "close"
};

/// How the end of `response` will be known (RFC 9112 §6.3), for the answer to a `method` request of
/// HTTP/1.`minor_version`. Kind::none: no framing field is sent. A source towards HTTP/1.0 has no length and no coding:
/// its end is the end of the connection (ends_with_connection).
[[nodiscard]] Framing response_framing(const Response& response, Method method, int minor_version);

/// True when only closing the connection ends the content: the caller must choose Persistence::close.
[[nodiscard]] bool ends_with_connection(const Response& response, Method method, int minor_version);

/// At least as many bytes as write_head() will write for this response.
[[nodiscard]] std::size_t head_bytes_bound(const Response& response);

/// Writes the whole head, the empty line included, to the front of `into` and returns its bytes.
/// `into` must have head_bytes_bound(response) bytes. `shared_lines`: DateLine::at().
std::size_t write_head(const Response& response, const Framing& framing, Persistence persistence,
                       std::string_view shared_lines, std::span<std::byte> into);

/// "HTTP/1.1 100 Continue" and the empty line: a whole interim response (RFC 9110 §15.2.1).
inline constexpr std::string_view kContinueHead = "HTTP/1.1 100 Continue\r\n\r\n";

/// Appends a whole interim response: status line, fields and the empty line.
void append_interim_head(std::string& out, const Interim& interim);

}  // namespace http
