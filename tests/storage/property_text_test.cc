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
    storage::copy_property_text(files.second.get(), files.first.get());
    CHECK(storage::read_property_text(files.first.get()) == "probe");
    storage::copy_property_text(files.first.get(), files.second.get());
    CHECK(storage::read_property_text(files.second.get()) == "probe");
    REQUIRE(storage::write_property_text(files.second.get(), "") == 0);
    const base::Fd above(::open(files.directory.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    storage::keep_property_text(above.get(), "none", files.second.get());
    CHECK(storage::read_property_text(files.second.get()) == "");
    storage::keep_property_text(above.get(), "a", files.second.get());
    CHECK(storage::read_property_text(files.second.get()) == "probe");
}
