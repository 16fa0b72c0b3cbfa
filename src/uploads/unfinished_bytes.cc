#include "uploads/unfinished_bytes.h"

namespace uploads {

std::expected<void, http::Refusal> UnfinishedBytes::check(const http::ClientKey& client, std::uint64_t more) {
    if (most_ == 0 || client == http::ClientKey()) return {};
    const std::uint64_t held = of(client);
    if (more <= most_ && held <= most_ - more) return {};
    ++refused_;
    return std::unexpected(http::Refusal{
        http::Status::insufficient_storage,
        "your unfinished uploads would hold more than one client may; finish or delete some of them first.",
        "more than --max-upload-bytes-per-client allows"});
}

base::Counters::Registration UnfinishedBytes::register_counters(base::Counters& counters) const {
    return counters.add(
        {base::counter("upload_bytes_over_share", base::CounterKind::total,
                       "uploads refused because the unfinished ones of their client would hold too much", refused_)});
}

}  // namespace uploads
