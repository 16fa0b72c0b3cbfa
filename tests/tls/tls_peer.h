// A TLS client and the wire between it and a server's stream, in memory: tests decide how many bytes pass at once.
#pragma once

#include <openssl/ssl.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <limits>
#include <memory>
#include <string>
#include <string_view>

#include "net/stream.h"
#include "tls/openssl_ptr.h"

/// Both directions of a connection, and how much of them the server's side moves in one call.
struct Wire {
    std::string to_server;
    std::string to_client;
    std::size_t most_received = std::numeric_limits<std::size_t>::max();
    std::size_t most_sent = std::numeric_limits<std::size_t>::max();
    std::size_t send_room = std::numeric_limits<std::size_t>::max();  ///< in all; then sending would block
    bool client_gone = false;
    bool write_shut = false;
    bool aborted = false;
};

/// The server's end of a wire.
class WireStream final : public net::Stream {
public:
    explicit WireStream(Wire& wire) : wire_(wire) {}
    net::IoResult receive(std::span<std::byte> into) override {
        if (wire_.to_server.empty()) {
            return {wire_.client_gone ? net::IoStatus::closed : net::IoStatus::would_block};
        }
        const std::size_t count = std::min({into.size(), wire_.to_server.size(), wire_.most_received});
        std::memcpy(into.data(), wire_.to_server.data(), count);
        wire_.to_server.erase(0, count);
        return {net::IoStatus::progress, count};
    }
    net::IoResult send(std::span<const iovec> pieces, bool /*more*/) override {
        const iovec& piece = pieces.front();
        const std::size_t count = std::min({piece.iov_len, wire_.most_sent, wire_.send_room});
        if (count == 0) return {net::IoStatus::would_block};
        wire_.send_room -= count;
        wire_.to_client.append(static_cast<const char*>(piece.iov_base), count);
        return {net::IoStatus::progress, count};
    }
    net::IoResult send_file(int, std::uint64_t, std::size_t) override { return {net::IoStatus::failed}; }
    void shut_down_write() override { wire_.write_shut = true; }
    void abort() override { wire_.aborted = true; }

private:
    Wire& wire_;
};

class TlsClient {
public:
    explicit TlsClient(Wire& wire, const std::string& host = {}, std::string_view alpn = {}, int version = 0)
        : wire_(wire), context_(SSL_CTX_new(TLS_client_method())), ssl_(SSL_new(context_.get())) {
        if (version != 0) SSL_set_max_proto_version(ssl_.get(), version);
        if (!host.empty()) {
            // The macro for this call casts in C's way.
            SSL_ctrl(ssl_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                     const_cast<char*>(host.c_str()));
        }
        if (!alpn.empty()) {
            SSL_set_alpn_protos(ssl_.get(), reinterpret_cast<const unsigned char*>(alpn.data()),
                                static_cast<unsigned>(alpn.size()));
        }
        SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
        SSL_set_connect_state(ssl_.get());
    }

    /// Goes on with the handshake; true when the client's side is done.
    bool shake_hands() {
        take();
        const bool done = SSL_do_handshake(ssl_.get()) == 1;
        give();
        return done;
    }
    void write(std::string_view text) {
        SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size()));
        give();
    }
    /// What can be decoded of all that came so far.
    std::string read() {
        take();
        std::string text;
        char block[4096];
        for (int got = 0; (got = SSL_read(ssl_.get(), block, sizeof block)) > 0;) {
            text.append(block, static_cast<std::size_t>(got));
        }
        give();
        return text;
    }
    /// True when the server said that it writes no more.
    [[nodiscard]] bool saw_close() const { return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0; }
    void close() {
        SSL_shutdown(ssl_.get());
        give();
    }
    [[nodiscard]] SSL* ssl() const { return ssl_.get(); }

private:
    void take() {
        if (wire_.to_client.empty()) return;
        BIO_write(SSL_get_rbio(ssl_.get()), wire_.to_client.data(), static_cast<int>(wire_.to_client.size()));
        wire_.to_client.clear();
    }
    void give() {
        char block[4096];
        for (int got = 0; (got = BIO_read(SSL_get_wbio(ssl_.get()), block, sizeof block)) > 0;) {
            wire_.to_server.append(block, static_cast<std::size_t>(got));
        }
    }

    Wire& wire_;
    tls::SslContextPtr context_;
    tls::SslPtr ssl_;
};
