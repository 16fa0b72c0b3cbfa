// While one window is read the next one is on its way.
#include "http/read_ahead.h"

#include <algorithm>

namespace http {

std::uint64_t ReadAhead::ready(const BodyFile& file, std::uint64_t offset, std::uint64_t length, Wake wake) {
    if (coming_ != nullptr && *coming_) {
        until_ = coming_until_;
        coming_.reset();
    }
    if (wake_ != wake) coming_.reset();
    const std::uint64_t end = offset + length;
    const std::uint64_t begin = std::max(offset, until_);
    if (coming_ == nullptr && begin < end && begin - offset <= kWindowBytes) {
        coming_until_ = std::min(end, begin + kWindowBytes);
        wake_ = wake;
        coming_ = file.read_ahead(begin, coming_until_ - begin, wake);
        if (coming_ == nullptr) until_ = coming_until_;
    }
    return until_ > offset ? std::min(until_, end) - offset : 0;
}

}  // namespace http
