// SipHash-2-4 with a random key: what stands in tables in place of passwords and of names that strangers chose. Without
// the key nobody finds two texts with one hash, nor a text from its hash. Called by the tables of sign_in and by
// credential_check.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace access_control {

using HashKey = std::array<std::uint64_t, 2>;

/// Pure.
[[nodiscard]] std::uint64_t keyed_hash(const HashKey& key, std::string_view text);

/// From the kernel's random numbers; waits for them at the start of a machine.
[[nodiscard]] HashKey make_hash_key();

}  // namespace access_control
