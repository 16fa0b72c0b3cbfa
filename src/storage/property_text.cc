// One attribute, so that a change of several properties is one call.
#include "storage/property_text.h"

#include <sys/xattr.h>

#include <cerrno>

namespace storage {
namespace {

constexpr const char* kAttribute = "user.godwit.properties";

/// 0 for what is never read or written here, whoever asks.
int fault_of(int error) { return error == ENOTSUP || error == ENOSYS || error == EACCES || error == EPERM ? 0 : error; }

}  // namespace

std::expected<std::string, int> read_property_text(int file) {
    // Most files have none, and one call tells.
    const ssize_t length = ::fgetxattr(file, kAttribute, nullptr, 0);
    const auto is_long = [](ssize_t bytes) { return static_cast<std::size_t>(bytes) > kMostPropertyTextBytes; };
    if (length < 0 && errno != ENODATA && errno != ENOTSUP && errno != ENOSYS) return std::unexpected(errno);
    if (length <= 0 || is_long(length)) return std::string();
    std::string text(static_cast<std::size_t>(length), '\0');
    const ssize_t got = ::fgetxattr(file, kAttribute, text.data(), text.size());
    // Somebody changed it between the two calls.
    if (got < 0) return std::unexpected(errno);
    text.resize(static_cast<std::size_t>(got));
    return text;
}

int write_property_text(int file, std::string_view text) {
    if (text.size() > kMostPropertyTextBytes) return E2BIG;
    if (text.empty()) return ::fremovexattr(file, kAttribute) == 0 || errno == ENODATA ? 0 : errno;
    return ::fsetxattr(file, kAttribute, text.data(), text.size(), 0) == 0 ? 0 : errno;
}

int copy_property_text(int from, int to) {
    const auto text = read_property_text(from);
    if (!text) return fault_of(text.error());
    return text->empty() ? 0 : fault_of(write_property_text(to, *text));
}

std::expected<bool, int> keep_property_text(int from, int to) {
    const auto text = read_property_text(from);
    if (!text) return std::unexpected(text.error());
    if (text->empty() || read_property_text(to) == *text) return false;
    const int error = write_property_text(to, *text);
    if (fault_of(error) != 0) return std::unexpected(error);
    return error == 0;
}

}  // namespace storage
