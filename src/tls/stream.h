// A net::Stream over TLS, above another stream that carries the coded bytes (a socket, or a script in tests). The
// handshake is made by the first receives. Made by Acceptor::wrap().
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "net/stream.h"
#include "tls/client_authority.h"
#include "tls/openssl_ptr.h"

namespace tls {

class Acceptor;

/// About the most coded bytes that wait for the inner stream. Several records leave in one send.
inline constexpr std::size_t kCodedBytes = 64 * 1024;
/// The first bytes of an answer go in records that fit one packet each: a browser decodes a record when all of it is
/// there, and a lost packet would hold up sixteen KiB.
inline constexpr std::size_t kFirstRecordBytes = 1'300;
inline constexpr std::size_t kFirstRecordsBytes = 32 * 1024;
inline constexpr std::size_t kRecordBytes = 16 * 1024;
/// About what a stream holds besides coded bytes: the memory of OpenSSL.
inline constexpr std::size_t kIdleStreamBytes = 20 * 1024;
/// The same for the certificate of a client, with those that came along.
inline constexpr std::size_t kClientCertificateBytes = 16 * 1024;

class Stream final : public net::Stream {
public:
    Stream(std::unique_ptr<net::Stream> inner, SslPtr ssl, Acceptor& acceptor);
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
    /// Sends close_notify if the inner stream takes it at once, unless abort() was called.
    ~Stream() override;

    net::IoResult receive(std::span<std::byte> into) override;
    /// Bytes count as sent when their whole record has left. The caller gives the others again, unchanged.
    net::IoResult send(std::span<const iovec> pieces, bool more) override;
    /// Never called: can_send_files() is false.
    net::IoResult send_file(int file, std::uint64_t offset, std::size_t length) override;
    [[nodiscard]] std::uint64_t unacknowledged_bytes() const override { return inner_->unacknowledged_bytes(); }
    void shut_down_write() override;
    void abort() override;
    [[nodiscard]] std::string_view peer_name() override;
    [[nodiscard]] std::string_view refusal() const override { return fault_text(client_fault_); }

private:
    enum class State : std::uint8_t { handshaking, open, failed };

    net::IoResult shake_hands();
    net::IoResult fail(int ssl_error);
    void count_failure(unsigned long reason);
    void take_client();
    void answer_plain_http();
    /// Codes bytes of `pieces` behind the first `skip`, until enough waits.
    bool code(std::span<const iovec> pieces, std::size_t skip);
    [[nodiscard]] std::size_t record_bytes() const;
    /// Gives the coded bytes to the inner stream.
    net::IoResult flush(bool more);
    /// The caller's bytes whose records have left since the last call.
    std::size_t take_sent();
    void update_wants();

    static int write_coded(BIO* bio, const char* bytes, std::size_t length, std::size_t* written);
    static int read_coded(BIO* bio, char* into, std::size_t room, std::size_t* got);
    static long control(BIO* bio, int command, long number, void* pointer);
    static BIO_METHOD* method();

    std::unique_ptr<net::Stream> inner_;
    SslPtr ssl_;
    Acceptor& acceptor_;
    struct Record {
        std::size_t coded_end;    ///< its last byte's place in coded_
        std::size_t plain_bytes;  ///< of the caller
    };

    std::vector<std::byte> coded_;    ///< records for the inner stream
    std::size_t coded_sent_ = 0;      ///< of these bytes, left already
    std::vector<Record> records_;     ///< with bytes of the caller, not yet counted as sent, in order
    std::size_t ahead_bytes_ = 0;     ///< the sum of records_: bytes that the caller gives again
    std::uint64_t answer_bytes_ = 0;  ///< coded since the last receive: decides about the size of records
    State state_ = State::handshaking;
    net::IoStatus inner_status_ = net::IoStatus::progress;  ///< how the inner stream's receiving ended
    /// Who vouched for the client, or was going to when this was made; null: it is not asked for a certificate.
    std::shared_ptr<const ClientAuthority> authority_;
    std::string client_name_;          ///< by its certificate; empty: it showed none, or it counts no more
    std::int64_t client_until_s_ = 0;  ///< when that certificate ends
    ClientFault client_fault_ = ClientFault::none;
    std::byte first_byte_{};  ///< of all that was received
    bool is_aborted_ = false;
    bool is_shut_ = false;
};

}  // namespace tls
