// The kernel's interface is written down here, because the header of an older kernel lacks the newer half of it.
#include "base/landlock.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <utility>

namespace base {
namespace {

constexpr std::uint64_t bit(unsigned number) { return std::uint64_t{1} << number; }

constexpr std::uint64_t kExecute = bit(0);
constexpr std::uint64_t kWriteFile = bit(1);
constexpr std::uint64_t kReadFile = bit(2);
constexpr std::uint64_t kReadDirectory = bit(3);
constexpr std::uint64_t kRemoveDirectory = bit(4);
constexpr std::uint64_t kRemoveFile = bit(5);
constexpr std::uint64_t kMakeDirectory = bit(7);
constexpr std::uint64_t kMakeRegular = bit(8);
constexpr std::uint64_t kMove = bit(13);  // from one directory to another
constexpr std::uint64_t kTruncate = bit(14);
constexpr std::uint64_t kDeviceControl = bit(15);
constexpr std::uint64_t kForFiles = kExecute | kWriteFile | kReadFile | kTruncate | kDeviceControl;

constexpr int kDeviceControlVersion = 5;
constexpr std::uint64_t kBindTcp = bit(0);
constexpr std::uint64_t kConnectTcp = bit(1);
constexpr std::uint64_t kScopeAbstractSockets = bit(0);
constexpr std::uint64_t kScopeSignals = bit(1);

/// A kernel that knows fewer members takes the longer structure when what it does not know is zero.
struct RulesetAttributes {
    std::uint64_t files = 0;
    std::uint64_t network = 0;
    std::uint64_t scopes = 0;
};

struct [[gnu::packed]] PathAttributes {
    std::uint64_t allowed;
    std::int32_t place;
};

constexpr unsigned kAskVersion = 1;  // a flag
constexpr int kPathRule = 1;

/// -1 and an errno where the kernel has none.
long ask_version() { return ::syscall(SYS_landlock_create_ruleset, nullptr, std::size_t{0}, kAskVersion); }

std::uint64_t known_rights(int version) {
    std::uint64_t rights = (kMove << 1) - 1;
    if (version >= Landlock::kTruncation) rights |= kTruncate;
    if (version >= kDeviceControlVersion) rights |= kDeviceControl;
    return rights;
}

std::uint64_t rights_of(Access access) {
    constexpr std::uint64_t kRead = kReadFile | kReadDirectory;
    switch (access) {
        case Access::read: return kRead;
        case Access::write:
            return kRead | kWriteFile | kTruncate | kRemoveDirectory | kRemoveFile | kMakeDirectory | kMakeRegular |
                   kMove;
        case Access::append: return kWriteFile | kMakeRegular;
        case Access::remove: return kRemoveFile;
        case Access::stream: return kReadFile | kWriteFile;
    }
    return 0;
}

std::string directory_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

int Landlock::version() {
    const long number = ask_version();
    return number < 0 ? 0 : static_cast<int>(number);
}

std::expected<Landlock, int> Landlock::create(AbstractSockets sockets) {
    const long answer = ask_version();
    if (answer < 0) return std::unexpected(errno);
    const int known = static_cast<int>(answer);
    if (known < kFiles) return std::unexpected(ENOSYS);
    RulesetAttributes attributes{.files = known_rights(known)};
    if (known >= kConnections) attributes.network = kBindTcp | kConnectTcp;
    if (known >= kOthers) {
        attributes.scopes = kScopeSignals | (sockets == AbstractSockets::closed ? kScopeAbstractSockets : 0);
    }
    const long number = ::syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);
    if (number < 0) return std::unexpected(errno);
    return Landlock(Fd(static_cast<int>(number)), known);
}

int Landlock::allow(int place, Access access) const {
    struct stat status{};
    if (::fstat(place, &status) != 0) return errno;
    std::uint64_t rights = rights_of(access) & known_rights(version_);
    if (!S_ISDIR(status.st_mode)) rights &= kForFiles;
    if (rights == 0) return 0;
    const PathAttributes attributes{.allowed = rights, .place = place};
    if (::syscall(SYS_landlock_add_rule, ruleset_.get(), kPathRule, &attributes, 0) == 0) return 0;
    return errno == EBADFD ? 0 : errno;
}

int Landlock::allow(const std::string& path, Access access) const {
    const Fd place(::open(path.c_str(), O_PATH | O_CLOEXEC));
    return place ? allow(place.get(), access) : errno;
}

int Landlock::allow_beside(const std::string& file, Access access) const {
    const std::unique_ptr<char, decltype(&std::free)> target(::realpath(file.c_str(), nullptr), &std::free);
    if (target != nullptr) {
        if (const int error = allow(directory_of(target.get()), access); error != 0) return error;
        if (access != Access::read) return 0;
    }
    return allow(directory_of(file), access);
}

int Landlock::restrict_self() const {
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
    return ::syscall(SYS_landlock_restrict_self, ruleset_.get(), 0) == 0 ? 0 : errno;
}

}  // namespace base
