// The protocol of sd_listen_fds(3).
#include "app/handed_sockets.h"

#include <unistd.h>

#include <cstdint>
#include <string_view>
#include <utility>

#include "app/environment.h"
#include "app/option_values.h"
#include "base/ascii.h"
#include "base/fd.h"

namespace app {
namespace {

/// The first descriptor that is handed over, by the protocol.
constexpr int kFirst = 3;
/// More sockets than a unit of systemd has listening lines are a mistake, not a wish.
constexpr std::uint64_t kMostSockets = 256;

/// Cuts the first of the names that colons separate off `names`.
std::string_view take_name(std::string_view& names) {
    const std::string_view name = names.substr(0, names.find(':'));
    names.remove_prefix(name.size() < names.size() ? name.size() + 1 : name.size());
    return name;
}

}  // namespace

std::expected<HandedSockets, std::string> take_handed_sockets() {
    const auto process = take_variable("LISTEN_PID");
    const auto count = take_variable("LISTEN_FDS");
    const std::string names = take_variable("LISTEN_FDNAMES").value_or("");
    HandedSockets handed;
    if (!count || process != std::to_string(::getpid())) return handed;
    const auto number = base::parse_decimal(*count);
    if (!number || *number > kMostSockets) {
        return std::unexpected("LISTEN_FDS is not a number of sockets: " + printable(*count));
    }
    std::string_view left = names;
    for (int i = 0; i < static_cast<int>(*number); ++i) {
        const std::string_view name = take_name(left);
        const auto scheme = name == "https" ? net::Scheme::https : net::Scheme::http;
        auto listener = net::Listener::adopt(base::Fd(kFirst + i), scheme);
        if (!listener) {
            return std::unexpected("descriptor " + std::to_string(kFirst + i) + ", handed over by LISTEN_FDS, " +
                                   listener.error());
        }
        if (name == "admin" && !listener->address().is_of_this_machine()) {
            return std::unexpected("the socket named admin, " + listener->address().to_text() +
                                   ", can be reached by others: it has to be one of this machine alone");
        }
        (name == "admin" ? handed.admin : handed.site).push_back(std::move(*listener));
    }
    return handed;
}

}  // namespace app
