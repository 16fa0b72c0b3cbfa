// Heads, content as it is, and content in chunks. Only a source is sent in chunks, and a source writes in place: the
// other kinds of content have a length.
#include "server/http1/framer.h"

#include <cstring>
#include <vector>

#include "http/body_encoder.h"
#include "http/head_writer.h"

namespace server::http1 {
namespace {

http::Persistence persistence_of(Ending ending, const http::Request& request) {
    if (ending == Ending::close || ending == Ending::linger) return http::Persistence::close;
    return request.minor_version == 0 ? http::Persistence::stated : http::Persistence::implied;
}

}  // namespace

void Framer::begin(const http::Response& response, const http::Request& request) {
    const http::Framing framing = http::response_framing(response, request.method, request.minor_version);
    framing_ = framing.kind;
    if (http::ends_with_connection(response, request.method, request.minor_version)) {
        ending_ = ending_ == Ending::keep || ending_ == Ending::close ? Ending::close : Ending::linger;
    }
    const http::Persistence persistence = persistence_of(ending_, request);
    const std::string_view shared_lines = turn_.date.at(turn_.clock.unix_seconds());
    const std::size_t bound = http::head_bytes_bound(response);
    if (bound <= kBlockBytes) {
        const std::span<std::byte> room = output_.reserve(turn_.blocks, bound);
        output_.commit(http::write_head(response, framing, persistence, shared_lines, room));
        return;
    }
    std::vector<std::byte> room(bound);
    const std::size_t bytes = http::write_head(response, framing, persistence, shared_lines, room);
    output_.append_bytes(turn_.blocks, std::span(room).first(bytes));
}

std::size_t Framer::copy(std::span<const std::byte> bytes, Rest) {
    output_.append_bytes(turn_.blocks, bytes);
    return bytes.size();
}

std::size_t Framer::share(const std::shared_ptr<const void>& owner, std::span<const std::byte> bytes, Rest) {
    output_.append_blob(owner, bytes);
    return bytes.size();
}

std::uint64_t Framer::send_file(const http::FileSlice& part) {
    output_.append_file(part.file, part.file->descriptor(), part.offset, part.length);
    return part.length;
}

std::span<std::byte> Framer::reserve(std::size_t least) {
    if (framing_ != http::Framing::Kind::chunked) return output_.reserve(turn_.blocks, least);
    chunk_ = output_.reserve(turn_.blocks, least + http::kChunkFrontBytes + http::kChunkBackBytes);
    return http::chunk_content(chunk_);
}

void Framer::commit(std::size_t bytes, Rest rest) {
    if (framing_ != http::Framing::Kind::chunked) return output_.commit(bytes);
    const auto end = rest == Rest::nothing ? http::ChunkEnd::last : http::ChunkEnd::more_follows;
    const std::span<const std::byte> chunk = http::enclose_chunk(chunk_, bytes, end);
    // The size has fewer digits than there was room for; the queue takes bytes from the front of the room.
    std::memmove(chunk_.data(), chunk.data(), chunk.size());
    output_.commit(chunk.size());
}

}  // namespace server::http1
