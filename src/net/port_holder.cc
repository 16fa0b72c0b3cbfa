// Through /proc: first the number of the listening socket, then the process that has it open.
#include "net/port_holder.h"

#include <sys/stat.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>

namespace net {
namespace {

constexpr std::string_view kListening = "0A";  // TCP_LISTEN, as the kernel prints it

/// Of the socket that listens on `port`, whatever its address; empty when there is none.
std::string find_listening_inode(const char* table, unsigned port) {
    std::ifstream lines(table);
    std::string line;
    std::getline(lines, line);
    while (std::getline(lines, line)) {
        std::istringstream words(line);
        std::string number, local, remote, state, queues, timer, retransmits, user, timeout, inode;
        words >> number >> local >> remote >> state >> queues >> timer >> retransmits >> user >> timeout >> inode;
        const std::size_t colon = local.rfind(':');
        if (state != kListening || colon == std::string::npos) continue;
        unsigned its_port = 0;
        std::from_chars(local.data() + colon + 1, local.data() + local.size(), its_port, 16);
        if (its_port == port && inode != "0") return inode;
    }
    return {};
}

bool has_socket(const std::filesystem::path& process, const std::string& socket) {
    std::error_code failed;
    for (std::filesystem::directory_iterator entry(process / "fd", failed), end; !failed && entry != end;
         entry.increment(failed)) {
        std::error_code unreadable;
        if (std::filesystem::read_symlink(entry->path(), unreadable) == socket) return true;
    }
    return false;
}

}  // namespace

std::string port_holder_text(const Address& address) {
    if (address.family == Family::local) return {};
    std::string inode = find_listening_inode("/proc/net/tcp", address.port());
    if (inode.empty() || address.family == Family::ipv6) {
        const std::string other = find_listening_inode("/proc/net/tcp6", address.port());
        if (!other.empty()) inode = other;
    }
    if (inode.empty()) return {};
    const std::string socket = "socket:[" + inode + "]";
    std::error_code failed;
    for (std::filesystem::directory_iterator entry("/proc", failed), end; !failed && entry != end;
         entry.increment(failed)) {
        const std::string process = entry->path().filename();
        if (process.find_first_not_of("0123456789") != std::string::npos) continue;
        if (!has_socket(entry->path(), socket)) continue;
        std::string name;
        std::ifstream name_file(entry->path() / "comm");
        std::getline(name_file, name);
        return std::string(" by process ").append(process).append(" (").append(name).append(")");
    }
    return {};
}

}  // namespace net
