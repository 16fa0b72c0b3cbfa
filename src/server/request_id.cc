// Making ids, and reading those of others.
#include "server/request_id.h"

#include <sys/random.h>

#include <algorithm>

#include "base/ascii.h"

namespace server {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

bool is_of_id(char c) {
    return base::is_alpha(c) || base::is_digit(c) || std::string_view("-._~+/=:@").find(c) != std::string_view::npos;
}

bool is_lower_hex(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return base::hex_value(c) >= 0 && !base::is_upper(c); });
}

bool is_zero(std::string_view text) { return text.find_first_not_of('0') == std::string_view::npos; }

/// "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01": version, trace, parent, flags. Later versions may have
/// more behind another dash.
bool is_traceparent(std::string_view text) {
    constexpr std::size_t kBytes = 55;
    constexpr std::size_t kMaxBytes = 256;
    if (text.size() < kBytes || text.size() > kMaxBytes) return false;
    if (text[2] != '-' || text[35] != '-' || text[52] != '-') return false;
    const std::string_view version = text.substr(0, 2);
    const std::string_view trace = text.substr(3, 32);
    const std::string_view parent = text.substr(36, 16);
    if (!is_lower_hex(version) || !is_lower_hex(trace) || !is_lower_hex(parent) || !is_lower_hex(text.substr(53, 2))) {
        return false;
    }
    if (version == "ff" || is_zero(trace) || is_zero(parent)) return false;
    if (text.size() == kBytes) return true;
    return version != "00" && text[kBytes] == '-' && std::ranges::all_of(text, is_of_id);
}

/// The value of the only field with this name; empty when there is none, or when several lines contradict each other.
std::string_view find_only(const http::Request& request, std::string_view name) {
    std::string_view found;
    int count = 0;
    for (const http::Field& field : request.fields) {
        if (!base::equals_ignoring_case(field.name.of(request.text), name)) continue;
        found = field.value.of(request.text);
        ++count;
    }
    return count == 1 ? found : std::string_view();
}

}  // namespace

std::string RequestIds::next() {
    if (used_ == random_.size()) {
        if (::getrandom(random_.data(), random_.size(), 0) != static_cast<ssize_t>(random_.size())) return {};
        used_ = 0;
    }
    std::string id;
    id.reserve(2 * kIdBytes);
    for (std::size_t i = 0; i < kIdBytes; ++i) {
        const std::uint8_t byte = random_[used_++];
        id.push_back(kDigits[byte >> 4U]);
        id.push_back(kDigits[byte & 15U]);
    }
    return id;
}

std::string_view find_request_id(const http::Request& request) {
    const std::string_view id = find_only(request, kRequestIdName);
    return id.size() <= kMaxRequestIdBytes && std::ranges::all_of(id, is_of_id) ? id : std::string_view();
}

std::string_view find_traceparent(const http::Request& request) {
    const std::string_view trace = find_only(request, "traceparent");
    return is_traceparent(trace) ? trace : std::string_view();
}

}  // namespace server
