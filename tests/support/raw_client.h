// A client made of one blocking socket: sends exactly the bytes it is told, cut as it is told, and reads responses
// strictly. Not a client for use: it follows nothing and corrects nothing. Called by the end-to-end and crash tests.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace support {

struct ClientResponse {
    int status = 0;
    int minor_version = -1;
    std::string reason;
    std::vector<std::pair<std::string, std::string>> fields;
    std::string body;
    bool chunked = false;
    bool whole = false;        ///< the body ended as its framing says
    bool until_close = false;  ///< framed by the end of the connection

    /// The first value of the name, in any case.
    [[nodiscard]] std::optional<std::string> find(std::string_view name) const;
    [[nodiscard]] std::string value(std::string_view name) const { return find(name).value_or(""); }
    [[nodiscard]] bool has(std::string_view name) const { return find(name).has_value(); }
    [[nodiscard]] std::size_t count(std::string_view name) const;
    /// For messages: the status line and fields.
    [[nodiscard]] std::string head_text() const;
};

/// What a read met.
enum class ReadEnd : std::uint8_t { bytes, closed, reset, timeout };

class RawClient {
public:
    /// Connects; throws when that fails. `receive_buffer`: SO_RCVBUF, 0 leaves it.
    explicit RawClient(std::uint16_t port, const std::string& host = "127.0.0.1", int receive_buffer = 0);
    /// To a unix socket.
    explicit RawClient(const std::string& unix_path);
    ~RawClient();
    RawClient(RawClient&& other) noexcept;
    RawClient& operator=(RawClient&& other) noexcept;
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;

    /// In one write, repeated until all is taken; false when the peer is gone or takes nothing for 10 s.
    bool send(std::string_view bytes) const;
    /// Every byte in a segment of its own (TCP_NODELAY).
    bool send_bytewise(std::string_view bytes) const;
    /// In pieces that end at the given offsets (ascending), each in a segment of its own.
    bool send_split(std::string_view bytes, const std::vector<std::size_t>& cuts) const;
    /// Shuts the write side.
    void half_close() const;
    /// Closes with a reset (SO_LINGER of zero).
    void reset();
    void close();

    /// The next response; nothing when none came whole in time (`last_end()` says why, `received()` what came).
    /// `to_head`: it answers HEAD and so has no body. An interim response (1xx) is a response of its own.
    std::optional<ClientResponse> read_response(bool to_head = false, int timeout_ms = 5000);
    /// Reads whatever comes until the peer closes; everything that was not yet taken.
    std::string read_to_end(int timeout_ms = 5000);
    /// True when the peer closes in order (no reset) without another byte.
    bool ends(int timeout_ms = 5000);
    /// True when nothing, neither byte nor close, comes for this long.
    bool silent(int milliseconds);
    /// One read into the buffer.
    ReadEnd receive(int timeout_ms);

    [[nodiscard]] ReadEnd last_end() const { return last_end_; }
    [[nodiscard]] const std::string& received() const { return buffer_; }
    [[nodiscard]] int descriptor() const { return socket_; }

private:
    std::optional<ClientResponse> parse_head(bool to_head, int timeout_ms);
    bool read_body(ClientResponse& response, int timeout_ms);
    bool read_chunks(ClientResponse& response, int timeout_ms);
    bool need(std::size_t bytes, int timeout_ms);
    std::optional<std::string> take_line(int timeout_ms);

    int socket_ = -1;
    std::string buffer_;
    ReadEnd last_end_ = ReadEnd::bytes;
};

/// "GET /x HTTP/1.1", Host and the given further lines (each without its CRLF).
std::string request(std::string_view method, std::string_view target, const std::vector<std::string>& fields = {},
                    std::string_view body = {});
/// The same body in chunks of `chunk_bytes`.
std::string chunked(std::string_view body, std::size_t chunk_bytes);

/// One request over a connection of its own (Connection: close); throws when there is no answer.
ClientResponse fetch(std::uint16_t port, std::string_view method, std::string_view target,
                     const std::vector<std::string>& fields = {}, std::string_view body = {});

}  // namespace support
