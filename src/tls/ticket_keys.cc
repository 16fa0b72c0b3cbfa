// Two keys, of which one seals and both open.
#include "tls/ticket_keys.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstring>

#include "base/invariant.h"

namespace tls {

TicketKeys::TicketKeys(const base::Clock& clock) : clock_(clock) { rotate(); }

TicketKeys::~TicketKeys() { OPENSSL_cleanse(keys_.data(), sizeof keys_); }

void TicketKeys::rotate() {
    current_ = 1 - current_;
    TicketKey& key = keys_[current_];
    // Without randomness nothing would be secret, so the process ends rather than going on.
    if (RAND_bytes(reinterpret_cast<unsigned char*>(&key), sizeof key) != 1) {
        base::fail_invariant("ticket keys", "rotating", "no randomness");
    }
    is_set_[current_] = true;
    made_ms_ = clock_.now_ms();
}

const TicketKey& TicketKeys::sealing() {
    const base::MonotonicMs age_ms = clock_.now_ms() - made_ms_;
    // After a long pause the older key has outlived its time as well.
    if (age_ms >= 2 * kTicketKeyMs) is_set_[current_] = false;
    if (age_ms >= kTicketKeyMs) rotate();
    return keys_[current_];
}

const TicketKey* TicketKeys::find(std::span<const unsigned char, 16> name) {
    sealing();
    for (std::size_t i = 0; i < keys_.size(); ++i) {
        if (is_set_[i] && std::ranges::equal(keys_[i].name, name)) return &keys_[i];
    }
    return nullptr;
}

}  // namespace tls
