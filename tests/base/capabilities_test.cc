// Giving up root's power, in a child, because it is for good.
#include "base/capabilities.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/catch.h"
#include "support/temp_dir.h"

namespace {

/// The exit status of a child that runs `work`.
template <class Work>
int in_child(const Work& work) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(work());
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST_CASE("capabilities: what is kept goes on, the rest is gone for good", "[base]") {
    if (::geteuid() != 0) return;
    const support::TempDir folder;
    folder.write("closed", "x");
    const std::string path = folder.at("closed");
    REQUIRE(::chown(path.c_str(), 1, 1) == 0);
    REQUIRE(::chmod(path.c_str(), 0600) == 0);
    const int status = in_child([&] {
        if (base::keep_capabilities(base::capability(CAP_DAC_READ_SEARCH)) != 0) return 1;
        if (::open(path.c_str(), O_RDONLY) < 0) return 2;
        if (::open(path.c_str(), O_WRONLY) >= 0) return 3;
        if (::chown(path.c_str(), 2, 2) == 0) return 4;
        if (base::keep_capabilities(0) != 0) return 5;
        return ::open(path.c_str(), O_RDONLY) < 0 ? 0 : 6;
    });
    CHECK(status == 0);
}

TEST_CASE("capabilities: a process that has none keeps none, without an error", "[base]") {
    CHECK(in_child([] {
              if (::geteuid() == 0 && ::setuid(1) != 0) return 1;
              return base::keep_capabilities(base::capability(CAP_CHOWN));
          }) == 0);
}
