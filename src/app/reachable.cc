// Asks the kernel for the addresses of all interfaces.
#include "app/reachable.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <memory>

namespace app {

namespace {

/// A machine with containers has dozens; a line has room for a few.
constexpr std::size_t kMostAddresses = 4;

socklen_t length_of(int family) { return family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6); }

}  // namespace

std::vector<net::Address> reachable_addresses(std::span<const net::Address> bound) {
    std::vector<net::Address> found;
    if (std::ranges::none_of(bound, &net::Address::is_wildcard)) return found;
    ifaddrs* first = nullptr;
    if (::getifaddrs(&first) != 0) return found;
    const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owned(first, &::freeifaddrs);
    for (const ifaddrs* entry = first; entry != nullptr && found.size() < kMostAddresses; entry = entry->ifa_next) {
        const bool is_up = (entry->ifa_flags & IFF_UP) != 0 && (entry->ifa_flags & IFF_LOOPBACK) == 0;
        if (!is_up || entry->ifa_addr == nullptr) continue;
        const int family = entry->ifa_addr->sa_family;
        if (family != AF_INET && family != AF_INET6) continue;
        sockaddr_storage storage{};
        std::memcpy(&storage, entry->ifa_addr, length_of(family));
        net::Address own = net::Address::from_socket(storage, length_of(family));
        if (own.scope != 0) continue;
        for (const net::Address& address : bound) {
            if (!address.is_wildcard() || address.family != own.family) continue;
            own.port_number = address.port();
            own.scheme = address.scheme;
            found.push_back(own);
        }
    }
    return found;
}

std::vector<std::string> reachable_urls(std::span<const net::Address> bound) {
    std::vector<std::string> urls;
    for (const net::Address& address : reachable_addresses(bound)) urls.push_back(address.url());
    return urls;
}

}  // namespace app
