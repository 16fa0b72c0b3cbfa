// Ports, addresses and commands are known by their looks.
#include "app/mistaken_place.h"

#include <sys/stat.h>

#include <string_view>

#include "app/option_values.h"
#include "net/address.h"

namespace app {

std::string probably_meant(const std::string& name) {
    struct stat status{};
    if (::lstat(name.c_str(), &status) == 0) return {};
    const std::string_view digits = std::string_view(name).substr(name.starts_with(':') ? 1 : 0);
    if (parse_number(digits, 0, UINT16_MAX)) return "; a port is --port " + std::string(digits);
    const bool is_url = name.starts_with("http://") || name.starts_with("https://");
    if (is_url || net::Address::parse(name, 0)) return "; an address is --bind " + printable(name, kWholeText);
    if (name == "passwd" || name == "token") return "; the command is godwit " + name + " FILE NAME";
    return {};
}

}  // namespace app
