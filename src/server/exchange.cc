// Reuse of exchanges.
#include "server/exchange.h"

namespace server {

void Exchange::reset() {
    parser.reset();
    request.clear();
    kept_head.clear();
    sink.reset();
    pending.reset();
    status = http::Status::ok;
    if (body_progress != BodyProgress::none) decoder.start({});
    body_progress = BodyProgress::none;
    quiet = false;
    content_framing = http::Framing::Kind::none;
    body = std::monostate{};
    piece_index = 0;
    piece_offset = 0;
    content_bytes = 0;
}

void Exchange::keep_head() {
    if (!kept_head.empty()) return;
    kept_head.assign(request.text);
    request.text = kept_head;
}

std::unique_ptr<Exchange> ExchangePool::take() {
    if (unused_.empty()) return std::make_unique<Exchange>();
    std::unique_ptr<Exchange> exchange = std::move(unused_.back());
    unused_.pop_back();
    return exchange;
}

void ExchangePool::give_back(std::unique_ptr<Exchange> exchange) {
    exchange->reset();
    if (unused_.size() < keep_) unused_.push_back(std::move(exchange));
}

}  // namespace server
