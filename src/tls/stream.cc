// Records between OpenSSL and the inner stream. OpenSSL never waits: what it writes is collected here, and what it
// reads comes from the inner stream or is not there yet.
#include "tls/stream.h"

#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <string_view>
#include <utility>

#include "tls/acceptor.h"

namespace tls {
namespace {

constexpr std::string_view kPlainHead =
    "HTTP/1.1 400 Bad Request\r\nServer: godwit\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 52\r\n"
    "Connection: close\r\n";
constexpr std::string_view kPlainContent = "This port speaks HTTPS; write https:// in the URL.\r\n";
static_assert(kPlainContent.size() == 52);

}  // namespace

Stream::Stream(std::unique_ptr<net::Stream> inner, SslPtr ssl, Acceptor& acceptor)
    : inner_(std::move(inner)), ssl_(std::move(ssl)), acceptor_(acceptor), authority_(acceptor.clients()) {
    can_send_files_ = false;
    is_encrypted_ = true;
    wants_ = net::Interest::read;
    memory_bytes_ = kIdleStreamBytes;
    BIO* const bio = ssl_ == nullptr ? nullptr : BIO_new(method());
    if (bio == nullptr) {
        state_ = State::failed;
        return;
    }
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_.get(), bio, bio);
    SSL_set_accept_state(ssl_.get());
}

Stream::~Stream() {
    if (state_ == State::handshaking) ++acceptor_.counters().given_up;
    shut_down_write();
}

BIO_METHOD* Stream::method() {
    static BIO_METHOD* const made = [] {
        BIO_METHOD* const methods = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "godwit stream");
        BIO_meth_set_write_ex(methods, write_coded);
        BIO_meth_set_read_ex(methods, read_coded);
        BIO_meth_set_ctrl(methods, control);
        return methods;
    }();
    return made;
}

int Stream::write_coded(BIO* bio, const char* bytes, std::size_t length, std::size_t* written) {
    auto* const stream = static_cast<Stream*>(BIO_get_data(bio));
    const auto view = std::as_bytes(std::span(bytes, length));
    stream->coded_.insert(stream->coded_.end(), view.begin(), view.end());
    *written = length;
    return 1;
}

int Stream::read_coded(BIO* bio, char* into, std::size_t room, std::size_t* got) {
    auto* const stream = static_cast<Stream*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    const net::IoResult result = stream->inner_->receive(std::as_writable_bytes(std::span(into, room)));
    stream->inner_status_ = result.status;
    if (result.status == net::IoStatus::would_block) BIO_set_retry_read(bio);
    *got = result.bytes;
    const bool is_first = stream->first_byte_ == std::byte{} && result.bytes > 0;
    if (is_first) stream->first_byte_ = static_cast<std::byte>(*into);
    return result.status == net::IoStatus::progress ? 1 : 0;
}

long Stream::control(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

net::IoResult Stream::flush(bool more) {
    while (coded_sent_ < coded_.size()) {
        const auto rest = std::span(coded_).subspan(coded_sent_);
        const std::array<iovec, 1> piece{iovec{rest.data(), rest.size()}};
        const net::IoResult result = inner_->send(piece, more);
        if (result.status != net::IoStatus::progress) return result;
        coded_sent_ += result.bytes;
    }
    return {net::IoStatus::progress};
}

std::size_t Stream::take_sent() {
    const auto is_out = [this](const Record& record) { return record.coded_end <= coded_sent_; };
    const auto end = std::ranges::find_if_not(records_, is_out);
    std::size_t bytes = 0;
    for (auto record = records_.begin(); record != end; ++record) bytes += record->plain_bytes;
    records_.erase(records_.begin(), end);
    ahead_bytes_ -= bytes;
    if (coded_sent_ == coded_.size()) {
        // An idle connection keeps no memory for this.
        std::vector<std::byte>().swap(coded_);
        std::vector<Record>().swap(records_);
        coded_sent_ = 0;
    }
    return bytes;
}

void Stream::update_wants() {
    memory_bytes_ = kIdleStreamBytes + coded_.capacity() + (client_until_s_ == 0 ? 0 : kClientCertificateBytes);
    wants_ = coded_sent_ < coded_.size() ? net::Interest::write : net::Interest::none;
    if (state_ == State::handshaking) wants_ = wants_ | net::Interest::read;
}

net::IoResult Stream::shake_hands() {
    HandshakeShare& share = acceptor_.share();
    if (!share.begin()) {
        // The time of this turn is used: the connection comes again in the next one.
        has_buffered_ = true;
        return {net::IoStatus::would_block};
    }
    has_buffered_ = false;
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_.get());
    share.end();
    if (result == 1) {
        state_ = State::open;
        ++acceptor_.counters().done;
        if (SSL_session_reused(ssl_.get()) == 1) ++acceptor_.counters().resumed;
        if (authority_ != nullptr) take_client();
        return {net::IoStatus::progress};
    }
    const int error = SSL_get_error(ssl_.get(), result);
    if (error == SSL_ERROR_WANT_READ && inner_status_ == net::IoStatus::would_block)
        return {net::IoStatus::would_block};
    return fail(error);
}

net::IoResult Stream::receive(std::span<std::byte> into) {
    if (state_ == State::failed) return {net::IoStatus::failed, 0, EPROTO};
    answer_bytes_ = 0;
    if (state_ == State::handshaking) {
        const net::IoResult shaken = shake_hands();
        flush(false);
        update_wants();
        if (shaken.status != net::IoStatus::progress) return shaken;
    }
    ERR_clear_error();
    std::size_t got = 0;
    const int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &got);
    has_buffered_ = result == 1 && SSL_has_pending(ssl_.get()) == 1;
    // Reading may answer: a change of keys (RFC 8446 §4.6.3), an alert.
    flush(false);
    const int error = result == 1 ? SSL_ERROR_NONE : SSL_get_error(ssl_.get(), result);
    update_wants();
    if (result == 1) return {net::IoStatus::progress, got};
    if (error == SSL_ERROR_ZERO_RETURN) return {net::IoStatus::closed};
    if (error == SSL_ERROR_WANT_READ && inner_status_ == net::IoStatus::would_block)
        return {net::IoStatus::would_block};
    // Many clients close without close_notify. The framing of HTTP says where a body ends, so a cut body is not taken
    // for a whole one.
    if (inner_status_ == net::IoStatus::closed) return {net::IoStatus::closed};
    return fail(error);
}

net::IoResult Stream::fail(int ssl_error) {
    const unsigned long reason = ssl_error == SSL_ERROR_SSL ? ERR_peek_error() : 0;
    const bool is_left = inner_status_ == net::IoStatus::closed || inner_status_ == net::IoStatus::failed;
    if (state_ == State::handshaking && is_left) {
        ++acceptor_.counters().given_up;
    } else if (state_ == State::handshaking) {
        count_failure(reason);
    }
    if (ERR_GET_REASON(reason) == SSL_R_HTTP_REQUEST) answer_plain_http();
    ERR_clear_error();
    flush(false);
    state_ = State::failed;
    has_buffered_ = false;
    wants_ = net::Interest::none;
    return {inner_status_ == net::IoStatus::closed ? net::IoStatus::closed : net::IoStatus::failed, 0, EPROTO};
}

/// The certificate was checked in this handshake, or in the one that made the ticket.
void Stream::take_client() {
    X509* const certificate = SSL_get0_peer_certificate(ssl_.get());
    if (certificate == nullptr) return;
    client_name_ = authority_->name_of(certificate);
    client_until_s_ = unix_seconds(X509_get0_notAfter(certificate));
    ++acceptor_.counters().named;
}

std::string_view Stream::peer_name() {
    if (client_name_.empty()) return {};
    const std::int64_t now = acceptor_.clock().unix_seconds();
    bool counts = now < client_until_s_;
    if (authority_ != acceptor_.clients()) {
        authority_ = acceptor_.clients();
        counts =
            counts && authority_ != nullptr &&
            authority_->vouches_for(SSL_get0_peer_certificate(ssl_.get()), SSL_get_peer_cert_chain(ssl_.get()), now);
    }
    if (!counts) client_name_.clear();
    return client_name_;
}

void Stream::count_failure(unsigned long reason) {
    HandshakeCounters& counters = acceptor_.counters();
    if (ERR_GET_REASON(reason) == SSL_R_CERTIFICATE_VERIFY_FAILED) {
        client_fault_ = fault_of(SSL_get_verify_result(ssl_.get()));
        if (client_fault_ == ClientFault::none) client_fault_ = ClientFault::other;
        ++counters.client_faults[static_cast<std::size_t>(client_fault_)];
        return;
    }
    // Alerts of the peer have their number behind this one.
    if (ERR_GET_REASON(reason) >= SSL_AD_REASON_OFFSET) {
        ++counters.refused_by_peer;
        return;
    }
    switch (ERR_GET_REASON(reason)) {
        case SSL_R_HTTP_REQUEST: ++counters.plain_http; break;
        case SSL_R_NO_SHARED_CIPHER:
        case SSL_R_UNSUPPORTED_PROTOCOL:
        case SSL_R_NO_SUITABLE_KEY_SHARE:
        case SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM:
        case SSL_R_NO_APPLICATION_PROTOCOL: ++counters.no_common_way; break;
        default: ++counters.malformed; break;
    }
}

/// In place of the alert, which a client that speaks no TLS would not understand. Of the methods that OpenSSL takes for
/// plain HTTP only HEAD begins with H; its answer has no content (RFC 9110 §9.3.2).
void Stream::answer_plain_http() {
    const bool is_head = first_byte_ == std::byte{'H'};
    std::string answer(kPlainHead);
    if (const std::string date = acceptor_.date_text(); !date.empty())
        answer.append("Date: ").append(date).append("\r\n");
    answer.append("\r\n");
    if (!is_head) answer.append(kPlainContent);
    const auto text = std::as_bytes(std::span(answer));
    coded_.assign(text.begin(), text.end());
    coded_sent_ = 0;
}

std::size_t Stream::record_bytes() const {
    return answer_bytes_ < kFirstRecordsBytes ? kFirstRecordBytes : kRecordBytes;
}

bool Stream::code(std::span<const iovec> pieces, std::size_t skip) {
    for (const iovec& piece : pieces) {
        const auto* const bytes = static_cast<const std::byte*>(piece.iov_base);
        std::size_t at = std::min(skip, piece.iov_len);
        skip -= at;
        while (at < piece.iov_len) {
            if (coded_.size() - coded_sent_ >= kCodedBytes) return true;
            const std::size_t wanted = std::min(piece.iov_len - at, record_bytes());
            std::size_t written = 0;
            ERR_clear_error();
            if (SSL_write_ex(ssl_.get(), bytes + at, wanted, &written) != 1) return false;
            at += written;
            ahead_bytes_ += written;
            answer_bytes_ += written;
            records_.push_back({coded_.size(), written});
        }
    }
    return true;
}

net::IoResult Stream::send(std::span<const iovec> pieces, bool more) {
    // A connection that is refused has its answer before it reads.
    if (state_ == State::handshaking) {
        shake_hands();
        flush(false);
        update_wants();
    }
    if (state_ != State::open) {
        return {state_ == State::failed ? net::IoStatus::failed : net::IoStatus::would_block, 0,
                state_ == State::failed ? EPROTO : 0};
    }
    if (!code(pieces, ahead_bytes_)) {
        state_ = State::failed;
        return {net::IoStatus::failed, 0, EPROTO};
    }
    const net::IoResult flushed = flush(more);
    const std::size_t sent = take_sent();
    update_wants();
    if (sent > 0) return {net::IoStatus::progress, sent};
    return flushed.status == net::IoStatus::progress ? net::IoResult{net::IoStatus::would_block} : flushed;
}

net::IoResult Stream::send_file(int /*file*/, std::uint64_t /*offset*/, std::size_t /*length*/) {
    return {net::IoStatus::failed, 0, EOPNOTSUPP};
}

void Stream::shut_down_write() {
    if (is_shut_ || is_aborted_) return;
    is_shut_ = true;
    if (state_ == State::open) {
        ERR_clear_error();
        SSL_shutdown(ssl_.get());
        ERR_clear_error();
        flush(false);
        update_wants();
    }
    inner_->shut_down_write();
}

void Stream::abort() {
    is_aborted_ = true;
    inner_->abort();
}

}  // namespace tls
