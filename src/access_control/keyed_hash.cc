// SipHash-2-4: two rounds for each block of eight bytes, four at the end.
#include "access_control/keyed_hash.h"

#include <sys/random.h>

#include <bit>
#include <cerrno>
#include <cstdlib>

namespace access_control {
namespace {

class SipState {
public:
    explicit SipState(const HashKey& key)
        : a_(key[0] ^ 0x736f'6d65'7073'6575),
          b_(key[1] ^ 0x646f'7261'6e64'6f6d),
          c_(key[0] ^ 0x6c79'6765'6e65'7261),
          d_(key[1] ^ 0x7465'6462'7974'6573) {}

    void take(std::uint64_t block) {
        d_ ^= block;
        round();
        round();
        a_ ^= block;
    }

    std::uint64_t finish() {
        c_ ^= 0xff;
        for (int i = 0; i < 4; ++i) round();
        return a_ ^ b_ ^ c_ ^ d_;
    }

private:
    void round() {
        a_ += b_;
        b_ = std::rotl(b_, 13) ^ a_;
        a_ = std::rotl(a_, 32);
        c_ += d_;
        d_ = std::rotl(d_, 16) ^ c_;
        a_ += d_;
        d_ = std::rotl(d_, 21) ^ a_;
        c_ += b_;
        b_ = std::rotl(b_, 17) ^ c_;
        c_ = std::rotl(c_, 32);
    }

    std::uint64_t a_;
    std::uint64_t b_;
    std::uint64_t c_;
    std::uint64_t d_;
};

/// Up to eight bytes, the first one lowest.
std::uint64_t block_of(std::string_view bytes) {
    std::uint64_t block = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        block |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
    }
    return block;
}

}  // namespace

std::uint64_t keyed_hash(const HashKey& key, std::string_view text) {
    SipState state(key);
    const auto length = static_cast<std::uint64_t>(text.size());
    for (; text.size() >= 8; text.remove_prefix(8)) state.take(block_of(text.substr(0, 8)));
    state.take(block_of(text) | length << 56);
    return state.finish();
}

HashKey make_hash_key() {
    HashKey key{};
    while (::getrandom(key.data(), sizeof key, 0) != static_cast<ssize_t>(sizeof key)) {
        if (errno != EINTR) std::abort();  // a key that can be guessed is worse than no server
    }
    return key;
}

}  // namespace access_control
