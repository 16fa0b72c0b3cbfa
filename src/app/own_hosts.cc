// The machine's name, alone and with the suffix that multicast DNS gives it, and the names of certificates.
#include "app/own_hosts.h"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/ascii.h"

namespace app {
namespace {

/// Unix sockets are neither: no browser connects to them.
bool is_for_this_machine_only(std::span<const net::Address> bound) {
    const auto is_reached = [](const net::Address& address) {
        return address.family != net::Family::local && !address.is_loopback();
    };
    return std::ranges::any_of(bound, &net::Address::is_loopback) && std::ranges::none_of(bound, is_reached);
}

}  // namespace

std::optional<std::string> machine_name() {
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0) return std::nullopt;
    std::string text(name.data());
    std::ranges::transform(text, text.begin(), base::to_lower);
    const auto is_allowed = [](char c) { return base::is_alpha(c) || base::is_digit(c) || c == '-' || c == '.'; };
    const bool is_name = std::ranges::any_of(text, base::is_alpha) && std::ranges::all_of(text, is_allowed);
    return is_name ? std::optional(std::move(text)) : std::nullopt;
}

site::OwnHosts own_hosts(std::span<const net::Address> bound, const Encryption* encryption) {
    site::OwnHosts own;
    own.is_local = is_for_this_machine_only(bound);
    if (const auto name = machine_name()) {
        own.names = {*name, name->substr(0, name->find('.')) + ".local"};
    }
    if (encryption != nullptr) {
        own.is_certified = [encryption](std::string_view host) { return encryption->is_certified(host); };
    }
    return own;
}

}  // namespace app
