// Temporary files with and without names, and the sweep.
#include "storage/temporary_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "storage/disk_queue.h"
#include "storage/name_calls.h"
#include "support/catch.h"
#include "support/write_site.h"

namespace {

using storage::TemporaryFile;

struct Place {
    /// "a", which nobody else wants.
    const storage::HeldName& name() {
        REQUIRE(claim.advance(1));
        return claim.held(0);
    }

    support::TempDir directory;
    base::Fd opened{::open(directory.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    base::WakeQueue wakes;
    storage::HeldNames names;
    storage::NameClaim claim{names, wakes, {{opened.get(), "a"}}};
};

using Maker = std::expected<TemporaryFile, storage::FileError> (*)(int);
constexpr Maker kMakers[] = {&TemporaryFile::create, &TemporaryFile::create_named};

void fill(const TemporaryFile& file, std::string_view text) {
    REQUIRE(::pwrite(file.descriptor(), text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
}

}  // namespace

TEST_CASE("temporary file: leaves nothing when it is dropped", "[content][temporary]") {
    for (const Maker make : kMakers) {
        const Place place;
        {
            auto file = make(place.opened.get());
            REQUIRE(file.has_value());
            fill(*file, "half");
            TemporaryFile moved = std::move(*file);
            if (moved.has_name()) CHECK(storage::is_temporary_name(place.directory.list().at(0)));
        }
        CHECK(place.directory.list().empty());
    }
}

TEST_CASE("temporary file: takes over owner, group and permissions where the process may", "[content][temporary]") {
    const Place place;
    auto file = TemporaryFile::create_named(place.opened.get());
    REQUIRE(file.has_value());
    struct stat old{};
    old.st_mode = S_IFREG | S_ISUID | 0764;
    old.st_uid = ::geteuid() == 0 ? 12345 : ::geteuid();
    old.st_gid = ::geteuid() == 0 ? 54321 : ::getegid();
    storage::copy_owner_and_mode(file->descriptor(), old);
    struct stat now{};
    REQUIRE(::fstat(file->descriptor(), &now) == 0);
    CHECK(now.st_uid == old.st_uid);
    CHECK(now.st_gid == old.st_gid);
    CHECK((now.st_mode & 07777) == 0764);
}

TEST_CASE("temporary file: a group that the old file did not have may no more than everybody", "[content][temporary]") {
    constexpr uid_t kNobody = 65534;
    constexpr gid_t kForeign = 54321;
    const Place place;
    auto file = TemporaryFile::create_named(place.opened.get());
    REQUIRE(file.has_value());
    struct stat old{};
    old.st_mode = S_IFREG | 0674;
    old.st_uid = kNobody - 1;
    old.st_gid = kForeign;
    const bool root = ::geteuid() == 0;
    // For this thread's calls on files alone: without the rights of root.
    if (root) REQUIRE(::fchown(file->descriptor(), kNobody, kNobody) == 0);
    if (root) ::setfsuid(kNobody);
    storage::copy_owner_and_mode(file->descriptor(), old);
    if (root) ::setfsuid(0);
    struct stat now{};
    REQUIRE(::fstat(file->descriptor(), &now) == 0);
    CHECK(now.st_uid == (root ? kNobody : ::geteuid()));
    CHECK(now.st_gid != kForeign);
    CHECK((now.st_mode & 07777) == 0644);
}

TEST_CASE("temporary file: takes a new name but never an existing one", "[content][temporary]") {
    for (const Maker make : kMakers) {
        Place place;
        auto first = make(place.opened.get());
        auto second = make(place.opened.get());
        REQUIRE(first.has_value());
        REQUIRE(second.has_value());
        fill(*first, "first");
        REQUIRE(first->publish_new(place.name()).has_value());
        const auto refused = second->publish_new(place.name());
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().number == EEXIST);
        CHECK(place.directory.read("a") == "first");
    }
}

TEST_CASE("temporary file: takes the place of another file at once", "[content][temporary]") {
    for (const Maker make : kMakers) {
        Place place;
        place.directory.write("a", "old");
        {
            auto file = make(place.opened.get());
            REQUIRE(file.has_value());
            fill(*file, "new");
            REQUIRE(file->publish_over(place.name()).has_value());
            CHECK_FALSE(file->has_name());
        }
        CHECK(place.directory.list() == std::vector<std::string>{"a"});
        CHECK(place.directory.read("a") == "new");
    }
}

TEST_CASE("temporary file: one whose calls may have been made leaves no temporary name", "[content][temporary]") {
    for (const std::size_t made : {0U, 1U, 2U}) {
        Place place;
        place.directory.write("a", "old");
        {
            auto file = TemporaryFile::create(place.opened.get());
            REQUIRE(file.has_value());
            if (file->has_name()) return;  // no files without names here: there is one call
            fill(*file, "new");
            storage::NamingOperation naming;
            naming.calls = file->plan_naming(place.name(), TemporaryFile::Target::is_replaced).value();
            REQUIRE(naming.calls.size() == 2);
            for (std::size_t i = 0; i < made; ++i) REQUIRE(storage::make_call(naming.calls[i]) == 0);
            naming.error = storage::kUnknown;
            file->take_naming(naming);
        }
        CHECK(place.directory.list() == std::vector<std::string>{"a"});
        CHECK(place.directory.read("a") == (made == 2 ? "new" : "old"));
    }
}

TEST_CASE("temporary file: a directory in the way stays, and nothing else", "[content][temporary]") {
    for (const Maker make : kMakers) {
        Place place;
        place.directory.make_directory("a");
        {
            auto file = make(place.opened.get());
            REQUIRE(file.has_value());
            const auto refused = file->publish_over(place.name());
            REQUIRE_FALSE(refused.has_value());
            CHECK(refused.error().number == EISDIR);
        }
        CHECK(place.directory.list() == std::vector<std::string>{"a"});
    }
}

TEST_CASE("temporary file: only our own names count as ours", "[content][temporary]") {
    CHECK(storage::is_temporary_name(".godwit-0123456789abcdef.part"));
    for (const std::string_view name :
         {".godwit-0123456789ABCDEF.part", ".godwit-0123456789abcde.part", ".godwit-0123456789abcdef.parts",
          "godwit-0123456789abcdef0.part", ".godwit-0123456789abcdeg.part", "", ".part"}) {
        CHECK_FALSE(storage::is_temporary_name(name));
    }
}

TEST_CASE("temporary file: one that was adopted keeps its name until it gets another", "[content][temporary]") {
    Place place;
    const std::string waiting = ".godwit-0123456789abcdef.upload";
    const auto adopt = [&] {
        base::Fd file(::open(place.directory.at(waiting).c_str(), O_RDWR | O_CLOEXEC));
        REQUIRE(file);
        return TemporaryFile::adopt(std::move(file), place.opened.get(), waiting);
    };
    place.directory.write(waiting, "kept");
    {
        const TemporaryFile dropped = adopt();
    }
    CHECK(place.directory.read(waiting) == "kept");
    TemporaryFile published = adopt();
    CHECK_FALSE(published.take_dropped());
    CHECK(published.take_parked_name().empty());
    REQUIRE(published.publish_new(place.name()).has_value());
    CHECK(place.directory.list() == std::vector<std::string>{"a"});
    CHECK(place.directory.read("a") == "kept");
}

TEST_CASE("temporary file: one that takes the place of another drops it", "[content][temporary]") {
    const Place place;
    auto first = TemporaryFile::create_named(place.opened.get());
    auto second = TemporaryFile::create_named(place.opened.get());
    REQUIRE(first.has_value());
    REQUIRE(second.has_value());
    fill(*second, "second");
    REQUIRE(place.directory.list().size() == 2);
    *first = std::move(*second);
    REQUIRE(place.directory.list().size() == 1);
    CHECK(place.directory.read(place.directory.list().front()) == "second");
    CHECK(first->has_name());
    CHECK_FALSE(second->has_name());
}

TEST_CASE("temporary file: one with a name is parked in the directory that it is to wait in", "[content][temporary]") {
    for (const Maker make : kMakers) {
        Place place;
        place.directory.make_directory("waiting");
        const base::Fd waiting(::open(place.directory.at("waiting").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        {
            auto file = make(place.opened.get());
            REQUIRE(file.has_value());
            fill(*file, "half");
            REQUIRE(file->park(waiting.get()).has_value());
            const auto names = place.directory.list();
            REQUIRE(names.size() == 2);
            CHECK(names[1].starts_with("waiting/.godwit-"));
            REQUIRE(file->reopen().has_value());
            REQUIRE(file->publish_new(place.name()).has_value());
        }
        CHECK(place.directory.read("a") == "half");
        CHECK(place.directory.list() == std::vector<std::string>{"a", "waiting"});
    }
}

TEST_CASE("temporary file: names of this process are told from those of another", "[content][temporary]") {
    const Place place;
    const auto file = TemporaryFile::create_named(place.opened.get());
    REQUIRE(file.has_value());
    CHECK(storage::is_own_temporary_name(place.directory.list().front()));
    CHECK_FALSE(storage::is_own_temporary_name("a"));
    // One of two has other digits at the beginning than this process.
    const bool is_first = storage::is_own_temporary_name(".godwit-0000000000000000.part");
    const bool is_second = storage::is_own_temporary_name(".godwit-1111111100000000.part");
    CHECK_FALSE((is_first && is_second));
}
