// Bytes from one file to another.
#include "storage/copy_bytes.h"

#include <fcntl.h>

#include <cerrno>
#include <string>

#include "base/fd.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using storage::copy_bytes;

TEST_CASE("copy bytes: from an offset on, as many as there are", "[storage][copy]") {
    const support::TempDir directory;
    directory.write("a", "hello, world");
    const base::Fd from(::open(directory.at("a").c_str(), O_RDONLY | O_CLOEXEC));
    const base::Fd to(::open(directory.at("b").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    CHECK(copy_bytes(from.get(), to.get(), 0, 7) == 7U);
    CHECK(copy_bytes(from.get(), to.get(), 7, 100) == 5U);
    CHECK(copy_bytes(from.get(), to.get(), 12, 100) == 0U);
    CHECK(directory.read("b") == "hello, world");
    CHECK(copy_bytes(to.get(), from.get(), 0, 1) == std::unexpected(EBADF));
}

TEST_CASE("copy bytes: by reading and writing where the kernel does not copy", "[storage][copy]") {
    const support::TempDir directory;
    directory.write("a", std::string(100'000, 'x'));
    const base::Fd from(::open(directory.at("a").c_str(), O_RDONLY | O_CLOEXEC));
    // The kernel copies to no device.
    const base::Fd to(::open("/dev/null", O_WRONLY | O_CLOEXEC));
    CHECK(copy_bytes(from.get(), to.get(), 0, 90'000) == 90'000U);
    CHECK(copy_bytes(from.get(), to.get(), 90'000, 90'000) == 10'000U);
}
