// The bytes in and out of the test client: see the header.
#include "support/raw_client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <stdexcept>

#include "base/ascii.h"

namespace support {

namespace {

int connect_to(const sockaddr* address, socklen_t length, int receive_buffer) {
    const int socket = ::socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket < 0) throw std::runtime_error(std::string("socket: ") + std::strerror(errno));
    if (receive_buffer > 0) ::setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    if (::connect(socket, address, length) != 0) {
        const std::string reason = std::strerror(errno);
        ::close(socket);
        throw std::runtime_error("connect: " + reason);
    }
    const int on = 1;
    if (address->sa_family != AF_UNIX) ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return socket;
}

bool ready(int socket, short events, int timeout_ms) {
    pollfd poll{socket, events, 0};
    return ::poll(&poll, 1, timeout_ms) > 0;
}

}  // namespace

std::optional<std::string> ClientResponse::find(std::string_view name) const {
    for (const auto& [field, text] : fields) {
        if (base::equals_ignoring_case(field, name)) return text;
    }
    return std::nullopt;
}

std::size_t ClientResponse::count(std::string_view name) const {
    std::size_t lines = 0;
    for (const auto& [field, text] : fields) lines += base::equals_ignoring_case(field, name) ? 1U : 0U;
    return lines;
}

std::string ClientResponse::head_text() const {
    std::string text = "HTTP/1." + std::to_string(minor_version) + " " + std::to_string(status) + " " + reason + "\n";
    for (const auto& [name, value] : fields) text += name + ": " + value + "\n";
    return text;
}

RawClient::RawClient(std::uint16_t port, const std::string& host, int receive_buffer) {
    if (host.find(':') != std::string::npos) {
        sockaddr_in6 address{};
        address.sin6_family = AF_INET6;
        address.sin6_port = htons(port);
        ::inet_pton(AF_INET6, host.c_str(), &address.sin6_addr);
        socket_ = connect_to(reinterpret_cast<const sockaddr*>(&address), sizeof address, receive_buffer);
        return;
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    ::inet_pton(AF_INET, host.c_str(), &address.sin_addr);
    socket_ = connect_to(reinterpret_cast<const sockaddr*>(&address), sizeof address, receive_buffer);
}

RawClient::RawClient(const std::string& unix_path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (unix_path.size() >= sizeof address.sun_path) throw std::runtime_error("the socket's name is too long");
    std::memcpy(address.sun_path, unix_path.data(), unix_path.size());
    socket_ = connect_to(reinterpret_cast<const sockaddr*>(&address), sizeof address, 0);
}

RawClient::~RawClient() { close(); }

RawClient::RawClient(RawClient&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), buffer_(std::move(other.buffer_)), last_end_(other.last_end_) {}

RawClient& RawClient::operator=(RawClient&& other) noexcept {
    std::swap(socket_, other.socket_);
    buffer_.swap(other.buffer_);
    last_end_ = other.last_end_;
    return *this;
}

bool RawClient::send(std::string_view bytes) const {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0) {
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        } else if (errno != EAGAIN || !ready(socket_, POLLOUT, 10'000)) {
            return false;
        }
    }
    return true;
}

bool RawClient::send_bytewise(std::string_view bytes) const {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (!send(bytes.substr(i, 1))) return false;
    }
    return true;
}

bool RawClient::send_split(std::string_view bytes, const std::vector<std::size_t>& cuts) const {
    std::size_t begin = 0;
    for (const std::size_t cut : cuts) {
        if (!send(bytes.substr(begin, cut - begin))) return false;
        begin = cut;
        ::usleep(500);  // a segment of its own for the server's read as well
    }
    return send(bytes.substr(begin));
}

void RawClient::half_close() const { ::shutdown(socket_, SHUT_WR); }

void RawClient::reset() {
    const linger none{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    close();
}

void RawClient::close() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
}

ReadEnd RawClient::receive(int timeout_ms) {
    if (!ready(socket_, POLLIN, timeout_ms)) return last_end_ = ReadEnd::timeout;
    char block[65536];
    const ssize_t got = ::recv(socket_, block, sizeof block, 0);
    if (got > 0) buffer_.append(block, static_cast<std::size_t>(got));
    if (got == 0) return last_end_ = ReadEnd::closed;
    return last_end_ = got > 0 ? ReadEnd::bytes : ReadEnd::reset;
}

bool RawClient::need(std::size_t bytes, int timeout_ms) {
    while (buffer_.size() < bytes) {
        if (receive(timeout_ms) != ReadEnd::bytes) return false;
    }
    return true;
}

std::optional<std::string> RawClient::take_line(int timeout_ms) {
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n")) == std::string::npos) {
        if (receive(timeout_ms) != ReadEnd::bytes) return std::nullopt;
    }
    std::string line = buffer_.substr(0, end);
    buffer_.erase(0, end + 2);
    return line;
}

std::optional<ClientResponse> RawClient::read_response(bool to_head, int timeout_ms) {
    auto response = parse_head(to_head, timeout_ms);
    if (!response) return std::nullopt;
    const bool bodiless = to_head || response->status < 200 || response->status == 204 || response->status == 304;
    response->whole = bodiless || read_body(*response, timeout_ms);
    return response;
}

std::optional<ClientResponse> RawClient::parse_head(bool, int timeout_ms) {
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
        if (receive(timeout_ms) != ReadEnd::bytes) return std::nullopt;
    }
    ClientResponse response;
    const auto line = take_line(0);
    if (!line || line->size() < 13 || line->compare(0, 7, "HTTP/1.") != 0 || (*line)[8] != ' ' || (*line)[12] != ' ') {
        throw std::runtime_error("not a status line: " + line.value_or(""));
    }
    response.minor_version = (*line)[7] - '0';
    response.status = std::stoi(line->substr(9, 3));
    response.reason = line->substr(13);
    while (true) {
        const auto field = take_line(0);
        if (!field || field->empty()) break;
        const std::size_t colon = field->find(':');
        if (colon == std::string::npos || colon == 0) throw std::runtime_error("not a field line: " + *field);
        for (const char c : *field) {
            if (static_cast<unsigned char>(c) < 0x20 && c != '\t') throw std::runtime_error("control byte in a field");
        }
        response.fields.emplace_back(field->substr(0, colon),
                                     std::string(base::trim_blanks(std::string_view(*field).substr(colon + 1))));
    }
    return response;
}

bool RawClient::read_body(ClientResponse& response, int timeout_ms) {
    if (base::equals_ignoring_case(response.value("Transfer-Encoding"), "chunked")) {
        response.chunked = true;
        return read_chunks(response, timeout_ms);
    }
    if (const auto length = response.find("Content-Length")) {
        const std::size_t bytes = std::stoull(*length);
        const bool whole = need(bytes, timeout_ms);
        response.body = buffer_.substr(0, bytes);
        buffer_.erase(0, bytes);
        return whole;
    }
    response.until_close = true;
    response.body = read_to_end(timeout_ms);
    return last_end_ == ReadEnd::closed;
}

bool RawClient::read_chunks(ClientResponse& response, int timeout_ms) {
    while (true) {
        const auto line = take_line(timeout_ms);
        if (!line) return false;
        const std::size_t size = std::stoull(*line, nullptr, 16);
        if (size == 0) break;
        if (!need(size + 2, timeout_ms)) {
            response.body += buffer_;
            buffer_.clear();
            return false;
        }
        response.body.append(buffer_, 0, size);
        if (buffer_.compare(size, 2, "\r\n") != 0) throw std::runtime_error("a chunk does not end in CRLF");
        buffer_.erase(0, size + 2);
    }
    while (true) {
        const auto trailer = take_line(timeout_ms);
        if (!trailer) return false;
        if (trailer->empty()) return true;
    }
}

std::string RawClient::read_to_end(int timeout_ms) {
    while (receive(timeout_ms) == ReadEnd::bytes) continue;
    return std::exchange(buffer_, {});
}

bool RawClient::ends(int timeout_ms) {
    if (!buffer_.empty()) return false;
    return receive(timeout_ms) == ReadEnd::closed;
}

bool RawClient::silent(int milliseconds) { return buffer_.empty() && receive(milliseconds) == ReadEnd::timeout; }

std::string request(std::string_view method, std::string_view target, const std::vector<std::string>& fields,
                    std::string_view body) {
    std::string text;
    text.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: test\r\n");
    bool framed = false;
    for (const std::string& field : fields) {
        text.append(field).append("\r\n");
        framed = framed || field.starts_with("Content-Length:") || field.starts_with("Transfer-Encoding:");
    }
    if (!framed && (!body.empty() || method == "PUT" || method == "POST")) {
        text.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
    }
    return text.append("\r\n").append(body);
}

std::string chunked(std::string_view body, std::size_t chunk_bytes) {
    std::string text;
    char size[24];
    while (!body.empty()) {
        const std::string_view piece = body.substr(0, chunk_bytes);
        std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
        text.append(size).append(piece).append("\r\n");
        body.remove_prefix(piece.size());
    }
    return text.append("0\r\n\r\n");
}

ClientResponse fetch(std::uint16_t port, std::string_view method, std::string_view target,
                     const std::vector<std::string>& fields, std::string_view body) {
    RawClient client(port);
    std::vector<std::string> lines = fields;
    lines.emplace_back("Connection: close");
    client.send(request(method, target, lines, body));
    auto response = client.read_response(method == "HEAD", 10'000);
    while (response && response->status < 200) response = client.read_response(method == "HEAD", 10'000);
    if (!response) throw std::runtime_error("no answer to " + std::string(method) + " " + std::string(target));
    return *response;
}

}  // namespace support
