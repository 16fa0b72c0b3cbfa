// Heads as lists of fields, and the payload of a frame behind room for the frame's head.
#include "server/http2/framer.h"

#include <array>
#include <charconv>
#include <string_view>

#include "base/ascii.h"
#include "base/file_io.h"
#include "http/head_writer.h"

namespace server::http2 {
namespace {

/// Fields about the connection, which HTTP/2 has not (RFC 9113 §8.2.2): an option may add one.
bool is_about_connection(std::string_view name) {
    // By length first: this is asked for each field of each answer.
    switch (name.size()) {
        case 7: return base::equals_ignoring_case(name, "upgrade");
        case 10:
            return base::equals_ignoring_case(name, "connection") || base::equals_ignoring_case(name, "keep-alive");
        case 16: return base::equals_ignoring_case(name, "proxy-connection");
        case 17: return base::equals_ignoring_case(name, "transfer-encoding");
        default: return false;
    }
}

}  // namespace

void Framer::begin(const http::Response& response, const http::Request& request) {
    constexpr std::size_t kUsualFields = 16;
    constexpr std::size_t kNumberBytes = 20;
    std::vector<http::FieldView> fields;
    fields.reserve(kUsualFields);
    const auto add = [&](const http::FieldView& field) {
        if (!is_about_connection(field.name)) fields.push_back(field);
    };
    fields.push_back({"server", "godwit"});
    fields.push_back({"date", turn_.date.date_at(turn_.clock.unix_seconds())});
    for (const http::FieldView field : response.prepared.fields) add(field);
    for (const http::FieldView field : response.fields) add(field);
    const http::Framing framing = http::response_framing(response, request.method, request.minor_version);
    std::array<char, kNumberBytes> length;
    if (framing.kind == http::Framing::Kind::length) {
        const char* const end = std::to_chars(length.data(), length.data() + length.size(), framing.length).ptr;
        fields.push_back({"content-length", std::string_view(length.data(), end)});
    }
    is_whole_ = request.method == http::Method::head || http::forbids_content(response.status) ||
                http::body_bytes(response.body) == 0;
    std::array<char, 3> status;
    std::to_chars(status.data(), status.data() + status.size(), http::code(response.status));
    session_.send_head(exchange_, {status.data(), status.size()}, fields,
                       is_whole_ ? Session::Head::whole : Session::Head::with_content);
}

/// Before the first byte of the payload.
void Framer::begin_frame() {
    if (head_ != nullptr) return;
    head_ = output_.reserve(turn_.blocks, kFrameHeadBytes).data();
    output_.commit(kFrameHeadBytes);
}

std::size_t Framer::copy(std::span<const std::byte> bytes, Rest) {
    const std::size_t count = fitting(bytes.size());
    if (count == 0) return 0;
    begin_frame();
    output_.append_bytes(turn_.blocks, bytes.first(count));
    bytes_ += count;
    return count;
}

std::size_t Framer::share(const std::shared_ptr<const void>& owner, std::span<const std::byte> bytes, Rest) {
    const std::size_t count = fitting(bytes.size());
    if (count == 0) return 0;
    begin_frame();
    output_.append_blob(owner, bytes.first(count));
    bytes_ += count;
    return count;
}

std::uint64_t Framer::send_file(const http::FileSlice& part) {
    const std::size_t most = std::min(fitting(kBlockBytes - kFrameHeadBytes), static_cast<std::size_t>(part.length));
    if (most == 0) return 0;
    const std::size_t front = head_ == nullptr ? kFrameHeadBytes : 0;
    const std::span<std::byte> room = output_.reserve(turn_.blocks, front + most);
    const std::size_t count = base::read_at(part.file->descriptor(), part.offset, room.subspan(front, most));
    if (count == 0) {
        output_.commit(0);
        has_failed_ = true;
        return 0;
    }
    if (head_ == nullptr) head_ = room.data();
    output_.commit(front + count);
    bytes_ += count;
    return count;
}

std::span<std::byte> Framer::reserve(std::size_t least) {
    const std::size_t front = head_ == nullptr ? kFrameHeadBytes : 0;
    reserved_ = output_.reserve(turn_.blocks, front + least);
    return reserved_.subspan(front, std::min(reserved_.size() - front, std::max<std::size_t>(least, room())));
}

/// What the frame has no room for is kept for the next one: a source writes as much as it likes.
void Framer::commit(std::size_t bytes, Rest) {
    if (bytes == 0) {
        output_.commit(0);
        return;
    }
    const std::size_t front = head_ == nullptr ? kFrameHeadBytes : 0;
    const std::size_t count = fitting(bytes);
    const std::span<const std::byte> beyond = reserved_.subspan(front + count, bytes - count);
    exchange_.kept.append(reinterpret_cast<const char*>(beyond.data()), beyond.size());
    if (head_ == nullptr) head_ = reserved_.data();
    output_.commit(front + count);
    bytes_ += count;
}

void Framer::give_kept() {
    if (exchange_.kept.empty()) return;
    const std::size_t given = copy(std::as_bytes(std::span(exchange_.kept)), Rest::more);
    exchange_.kept.erase(0, given);
}

}  // namespace server::http2
