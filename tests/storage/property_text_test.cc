// Texts in extended attributes.
#include "storage/property_text.h"

#include <fcntl.h>

#include <cerrno>

#include "base/fd.h"
#include "support/catch.h"
#include "support/temp_dir.h"

namespace {

struct Files {
    Files() {
        directory.write("a", "x");
        directory.write("b", "y");
        first = base::Fd(::open((directory.path() + "/a").c_str(), O_RDONLY | O_CLOEXEC));
        second = base::Fd(::open((directory.path() + "/b").c_str(), O_RDONLY | O_CLOEXEC));
    }
    /// False on a file system that keeps none.
    [[nodiscard]] bool keep_any() const { return storage::write_property_text(first.get(), "probe") != ENOTSUP; }

    support::TempDir directory;
    base::Fd first;
    base::Fd second;
};

}  // namespace

TEST_CASE("property text: written, read, replaced and taken away", "[properties]") {
    const Files files;
    if (!files.keep_any()) return;
    CHECK(storage::read_property_text(files.second.get()) == "");
    for (const std::string& text : {std::string("one"), std::string("another"), std::string(1000, 'x')}) {
        CHECK(storage::write_property_text(files.first.get(), text) == 0);
        CHECK(storage::read_property_text(files.first.get()) == text);
    }
    CHECK(storage::write_property_text(files.first.get(), "") == 0);
    CHECK(storage::write_property_text(files.first.get(), "") == 0);
    CHECK(storage::read_property_text(files.first.get()) == "");
    CHECK(storage::write_property_text(files.first.get(), std::string(storage::kMostPropertyTextBytes + 1, 'x')) ==
          E2BIG);
}

TEST_CASE("property text: a copy has it, and so has what replaces a file", "[properties]") {
    const Files files;
    if (!files.keep_any()) return;
    CHECK(storage::copy_property_text(files.second.get(), files.first.get()) == 0);
    CHECK(storage::read_property_text(files.first.get()) == "probe");
    CHECK(storage::copy_property_text(files.first.get(), files.second.get()) == 0);
    CHECK(storage::read_property_text(files.second.get()) == "probe");
    REQUIRE(storage::write_property_text(files.second.get(), "") == 0);
    CHECK(storage::keep_property_text(files.second.get(), files.second.get()) == false);
    CHECK(storage::keep_property_text(files.first.get(), files.second.get()) == true);
    CHECK(storage::read_property_text(files.second.get()) == "probe");
    CHECK(storage::keep_property_text(files.first.get(), files.second.get()) == false);
}

TEST_CASE("property text: what cannot be read is told, and changes nothing", "[properties]") {
    const Files files;
    if (!files.keep_any()) return;
    // The attributes of such a descriptor are not read.
    const base::Fd unread(::open((files.directory.path() + "/b").c_str(), O_PATH | O_CLOEXEC));
    const auto kept = storage::keep_property_text(unread.get(), files.first.get());
    REQUIRE_FALSE(kept.has_value());
    CHECK(kept.error() == EBADF);
    CHECK(storage::read_property_text(files.first.get()) == "probe");
}

TEST_CASE("property text: one that cannot be taken along is an error", "[properties]") {
    const Files files;
    if (!files.keep_any()) return;
    CHECK(storage::copy_property_text(-1, files.second.get()) == EBADF);
    CHECK(storage::copy_property_text(files.first.get(), -1) == EBADF);
    CHECK(storage::keep_property_text(-1, files.second.get()).error() == EBADF);
    CHECK(storage::keep_property_text(files.first.get(), -1).error() == EBADF);
}
